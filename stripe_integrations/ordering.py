"""Is a snapshot newer than the row, or older? Pure functions.

All times are Unix seconds of Stripe's clock. Stripe delivers late, twice and shuffled, and states
times in whole seconds that are not to be trusted to the second: whoever is within `guard` seconds
is judged by what the objects say, else it is `IN_DOUBT`, and only Stripe's API can tell.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol

#: States of one burst that a row remembers; whatever comes after them is in doubt.
MAX_TRAIL = 32
#: In the place of a state that an event ended and does not tell.
UNKNOWN = "?"


class Row(Protocol):
    """What the rule asks of a mirror row."""

    as_of: int
    fetched_at: int | None
    version: int
    deleted_at: Any
    stripe_data: Any
    in_doubt: bool
    verb: str
    trail: list[str]
    read_by: str


class Verdict(Enum):
    """What is to be done with a snapshot."""

    WRITE = "newer than the row"
    SKIP = "older than the row"
    EQUAL = "the row says the same"
    IN_DOUBT = "it cannot be told"


@dataclass(frozen=True)
class Snapshot:
    """An object as Stripe showed it, and what is known of when that was.

    `created`, `verb` and `previous` (its `previous_attributes`) are those of the event that carried
    it; `fetched_at` and `as_of` are the bounds of the time at which the API was read, by the key
    with the fingerprint `read_by`. All are empty for data of unknown age. `seen` is the row's
    version before this object was read by its id, 0 without a row.
    """

    data: dict[str, Any]
    verb: str = ""
    created: int | None = None
    previous: dict[str, Any] | None = None
    fetched_at: int | None = None
    as_of: int | None = None
    read_by: str = ""
    seen: int | None = None
    deleted: bool = False

    @property
    def time(self) -> int:
        """The latest time that the data can be from, as far as it is known."""
        return self.as_of or self.created or 0

    @property
    def is_partial(self) -> bool:
        """Whether a list in it goes on beyond its first page."""
        return any(
            isinstance(value, dict) and value.get("object") == "list" and value.get("has_more")
            for value in self.data.values()
        )


def judge(row: Row | None, snapshot: Snapshot, guard: int) -> Verdict:
    """Compare a snapshot with the row that is there."""
    if row is None or snapshot.seen == row.version:
        return Verdict.WRITE
    if snapshot.created is not None:
        return _judge_event(row, snapshot, snapshot.created, guard)
    if says_the_same(row, snapshot):
        return Verdict.EQUAL
    is_later_read = snapshot.fetched_at is not None and row.as_of + 1 + guard < snapshot.fetched_at
    return Verdict.WRITE if is_later_read else Verdict.IN_DOUBT


def _judge_event(row: Row, snapshot: Snapshot, created: int, guard: int) -> Verdict:
    alive = row.deleted_at is None
    if created > row.as_of + guard:
        revives = not alive and not snapshot.deleted and snapshot.verb != "created"
        return Verdict.IN_DOUBT if revives else Verdict.WRITE
    if row.fetched_at is None:
        is_older = created < row.as_of - guard
    else:
        is_older = created + 1 + guard <= row.fetched_at
    if is_older:
        return Verdict.SKIP
    if row.in_doubt:
        return Verdict.IN_DOUBT
    if says_the_same(row, snapshot):
        return Verdict.EQUAL
    if row.fetched_at is not None or not alive or snapshot.deleted:
        return Verdict.IN_DOUBT
    if _follows(row, snapshot, created):
        return Verdict.WRITE
    if {row.verb, snapshot.verb} == {"created", "updated"} and _is_same_life(row, snapshot):
        return Verdict.WRITE if snapshot.verb == "updated" else Verdict.SKIP
    return Verdict.IN_DOUBT


def says_the_same(row: Row, snapshot: Snapshot) -> bool:
    """Tell whether a row holds this very data."""
    alive = row.deleted_at is None
    return alive is not snapshot.deleted and bool(row.stripe_data == snapshot.data)


def settle(
    row: Row | None, snapshot: Snapshot, answer: Snapshot | None
) -> tuple[Snapshot | None, bool]:
    """Return what to write of a snapshot in doubt, and whether the doubt stays.

    `answer` is what the API says of the object, None if it does not answer. An object that the API
    does not find may be one that this key may not see: that alone deletes no row.
    """
    if answer is not None and not answer.deleted:
        return answer, False
    if row is None:
        return snapshot, not (answer is not None and snapshot.deleted)
    is_gone = row.deleted_at is not None
    if answer is not None and (is_gone or snapshot.deleted or row.read_by == answer.read_by):
        return answer, False
    # Nobody can say: the later arrival is kept, but only a `created` makes a deleted object live.
    revives = is_gone and not snapshot.deleted and snapshot.verb != "created"
    return (None if revives else snapshot), True


def memory(row: Row | None, snapshot: Snapshot, guard: int) -> dict[str, Any]:
    """Return the columns by which the next snapshot is judged, once this one is written."""
    values: dict[str, Any] = {
        "as_of": snapshot.time,
        "fetched_at": snapshot.fetched_at,
        "trail": _left(snapshot),
        "verb": snapshot.verb,
    }
    if row is not None and snapshot.fetched_at is None and snapshot.time <= row.as_of + guard:
        values["as_of"] = max(row.as_of, snapshot.time)
        values["trail"] = _join(row.trail, fingerprint(row.stripe_data), *_left(snapshot))
    return values


def confirmation(row: Row, snapshot: Snapshot) -> dict[str, Any]:
    """Return the columns of that memory that change when a snapshot says what the row says."""
    if snapshot.created is None:
        return {}
    values: dict[str, Any] = {"as_of": max(row.as_of, snapshot.created)}
    if row.fetched_at is None:
        values["trail"] = _join(row.trail, *_left(snapshot))
        # What an update has led to is no longer the beginning, though it may look like it.
        values["verb"] = snapshot.verb if row.verb == "created" else row.verb
    return {name: value for name, value in values.items() if value != getattr(row, name)}


def fingerprint(data: Any) -> str:
    """Return a short text that is the same for the same state; null is as good as absent."""
    text = json.dumps(_without_nulls(data), sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _follows(row: Row, snapshot: Snapshot, created: int) -> bool:
    """Tell whether an update began at the row's state, and leads to one not yet seen.

    An object may be changed and changed back within a second: then either could be the later.
    """
    if created < row.as_of or UNKNOWN in row.trail:
        return False
    left = _left(snapshot)
    return left == [fingerprint(row.stripe_data)] and fingerprint(snapshot.data) not in row.trail


def _left(snapshot: Snapshot) -> list[str]:
    """Return the fingerprint of the state that an event ended; a creation ended none."""
    if snapshot.created is None or snapshot.verb == "created":
        return []
    if snapshot.verb != "updated" or not snapshot.previous:
        return [UNKNOWN]
    return [fingerprint(_before(snapshot.data, snapshot.previous))]


def _join(trail: list[str], *states: str) -> list[str]:
    joined = list(dict.fromkeys([*trail, *states]))
    return joined if len(joined) <= MAX_TRAIL else [UNKNOWN]


def _before(data: dict[str, Any], previous: dict[str, Any]) -> dict[str, Any]:
    """Return `data` with `previous_attributes` laid over it; lists in them are given whole."""
    changed = {}
    for key, then in previous.items():
        now = data.get(key)
        if isinstance(now, dict) and isinstance(then, dict):
            then = _before(now, then)
        changed[key] = then
    return {**data, **changed}


def _is_same_life(row: Row, snapshot: Snapshot) -> bool:
    born = snapshot.data.get("created")
    return born is not None and bool(row.stripe_data.get("created") == born)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(each) for key, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value
