"""Is a snapshot newer than the row, or older? Pure functions.

All times are Unix seconds of Stripe's clock. Stripe delivers late, twice and shuffled, and states
times in whole seconds that are not exact to the second. Snapshots within `guard` seconds are
compared by their contents; if that does not decide, they are `IN_DOUBT`, and the API is read.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from enum import Enum
from typing import Any, NamedTuple, Protocol

from stripe_integrations.choices import Verb
from stripe_integrations.mirror.snapshots import UNKNOWN, Snapshot

#: States of one burst that a row remembers; further updates of the burst are in doubt.
MAX_TRAIL = 32


class Row(Protocol):
    """The columns of a mirror row that the rule needs."""

    as_of: int
    fetched_at: int | None
    version: int
    deleted_at: Any
    stripe_data: Any
    in_doubt: bool
    verb: str
    trail: list[Any]
    read_by: str


class Verdict(Enum):
    """The decision about a snapshot."""

    WRITE = "newer than the row"
    SKIP = "older than the row"
    EQUAL = "the row says the same"
    IN_DOUBT = "it cannot be told"


def judge(row: Row | None, snapshot: Snapshot, guard: int) -> Verdict:
    """Compare a snapshot with the row that is there."""
    if row is not None and snapshot.seen == row.version:
        return Verdict.WRITE
    if snapshot.is_simulated:
        return _judge_simulated(row, snapshot)
    if row is None:
        return Verdict.WRITE
    if snapshot.created is not None:
        return _judge_event(row, snapshot, snapshot.created, guard)
    if says_the_same(row, snapshot):
        return Verdict.EQUAL
    is_later_read = snapshot.fetched_at is not None and row.as_of + 1 + guard < snapshot.fetched_at
    return Verdict.WRITE if is_later_read else Verdict.IN_DOUBT


def _judge_simulated(row: Row | None, snapshot: Snapshot) -> Verdict:
    # Its time says nothing. Where other events of the object have real times, the row's own state
    # is no news either: it may be the state that the object has come back to since.
    is_known = row is not None and not row.in_doubt and says_the_same(row, snapshot)
    return Verdict.EQUAL if is_known and snapshot.has_test_clock else Verdict.IN_DOUBT


def _judge_event(row: Row, snapshot: Snapshot, created: int, guard: int) -> Verdict:
    alive = row.deleted_at is None
    if created > row.as_of + guard:
        revives = not alive and not snapshot.deleted and snapshot.verb != Verb.CREATED
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
    if _is_first(row.verb, snapshot.verb) and _is_same_life(row, snapshot):
        return Verdict.WRITE
    if _is_first(snapshot.verb, row.verb) and _is_same_life(row, snapshot):
        return Verdict.SKIP
    return Verdict.IN_DOUBT


def says_the_same(row: Row, snapshot: Snapshot) -> bool:
    """Tell whether a row holds the same data, apart from what the snapshot cannot show."""
    if (row.deleted_at is None) is snapshot.deleted:
        return False
    if not snapshot.not_shown:
        return bool(row.stripe_data == snapshot.data)
    shown = {key: row.stripe_data[key] for key in row.stripe_data if key not in snapshot.not_shown}
    return shown == snapshot.data


class Choice(NamedTuple):
    """What to write of a snapshot in doubt, None for nothing, and whether the doubt stays.

    It stays if the API has not decided.
    """

    snapshot: Snapshot | None
    in_doubt: bool


def choose(row: Row | None, snapshot: Snapshot, answer: Snapshot | None) -> Choice:
    """Return what to write of a snapshot in doubt.

    `answer` is what the API says of the object, None if it does not answer. An object that the API
    does not find may be one that this key may not see: that alone deletes no row.
    """
    is_gone = row is not None and row.deleted_at is not None
    if answer is not None:
        is_known = row is not None and row.read_by == answer.read_by
        if not answer.is_unproven or is_gone or snapshot.deleted or is_known:
            # Without a row, what the object was is known from the event only.
            has_data = row is not None or not answer.deleted
            told = answer if has_data else replace(answer, data=snapshot.data)
            return Choice(told, in_doubt=False)
    if row is None:
        return Choice(snapshot, in_doubt=True)
    # Unknown: store the later arrival, but only a `created` revives a deleted object, and a list
    # that was read before the row's time is not later.
    revives = is_gone and not snapshot.deleted and snapshot.verb != Verb.CREATED
    is_earlier_list = snapshot.fetched_at is not None and snapshot.time < row.as_of
    return Choice(None if revives or is_earlier_list else snapshot, in_doubt=True)


def memory(row: Row, snapshot: Snapshot, guard: int) -> dict[str, Any]:
    """Return the columns by which the next snapshot is judged, once this one is written to a row.

    None but those that differ from `Snapshot.memory`, which has what does not depend on the row.
    """
    if snapshot.fetched_at is not None or snapshot.time > row.as_of + guard:
        return {}
    return {
        "as_of": max(row.as_of, snapshot.time),
        "trail": _join(_states(row), fingerprint(row.stripe_data), *_left(snapshot)),
    }


def confirmed_columns(row: Row, snapshot: Snapshot) -> dict[str, Any]:
    """Return the columns of that memory that change when a snapshot says what the row says."""
    if snapshot.created is None:
        return {}
    values: dict[str, Any] = {"as_of": max(row.as_of, snapshot.time)}
    if row.fetched_at is None:
        values["trail"] = _join(_states(row), *_left(snapshot))
        # The state that an update led to is not its beginning, though it may look equal.
        values["verb"] = snapshot.verb if row.verb == Verb.CREATED else row.verb
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
    is_next = left == [fingerprint(row.stripe_data)]
    return is_next and fingerprint(snapshot.data) not in _states(row)


def _left(snapshot: Snapshot) -> list[str]:
    """Return the fingerprint of the state that an event ended; a creation ended none."""
    if snapshot.created is None or snapshot.verb == Verb.CREATED:
        return []
    if snapshot.verb != Verb.UPDATED or not snapshot.previous:
        return [UNKNOWN]
    return [fingerprint(_before(snapshot.data, snapshot.previous))]


def _states(row: Row) -> list[str]:
    """Return the fingerprints of the states that came before the row's."""
    return [
        each if isinstance(each, str) else fingerprint(_before(row.stripe_data, each))
        for each in row.trail
    ]


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


def _is_first(verb: str, other: str) -> bool:
    """Tell whether an event of a life comes before another one: nothing precedes a creation."""
    return verb == Verb.CREATED != other and bool(other)


def _is_same_life(row: Row, snapshot: Snapshot) -> bool:
    born = snapshot.data.get("created")
    return born is not None and bool(row.stripe_data.get("created") == born)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nulls(each) for key, each in value.items() if each is not None}
    return [_without_nulls(each) for each in value] if isinstance(value, list) else value
