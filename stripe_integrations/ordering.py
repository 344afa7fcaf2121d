"""Is a snapshot newer than the row, or older? Pure functions.

All times are Unix seconds of Stripe's clock. Stripe delivers late, twice and shuffled, and states
times in whole seconds; so what cannot be told from the times is `IN_DOUBT`, and its writer decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol


class Row(Protocol):
    """What the rule asks of a mirror row."""

    as_of: int
    fetched_at: int | None
    version: int
    deleted_at: Any
    stripe_data: Any


class Verdict(Enum):
    """What is to be done with a snapshot."""

    WRITE = "newer than the row"
    SKIP = "older than the row"
    EQUAL = "the row says the same"
    IN_DOUBT = "it cannot be told"


@dataclass(frozen=True)
class Snapshot:
    """An object as Stripe showed it, and what is known of when that was.

    `created` is the time of the event that carried it; `fetched_at` and `as_of` are the bounds of
    the time at which the API was read. All are None for data of unknown age. `seen` is the row's
    version before this object was read by its id, 0 without a row.
    """

    data: dict[str, Any]
    verb: str = ""
    created: int | None = None
    fetched_at: int | None = None
    as_of: int | None = None
    seen: int | None = None
    deleted: bool = False

    @property
    def time(self) -> int:
        """The latest time that the data can be from, as far as it is known."""
        return self.as_of or self.created or 0


def judge(row: Row, snapshot: Snapshot) -> Verdict:
    """Compare a snapshot with the row that is there."""
    if snapshot.seen == row.version:
        return Verdict.WRITE
    if says_the_same(row, snapshot):
        return Verdict.EQUAL
    if snapshot.fetched_at is not None:
        return Verdict.WRITE if row.as_of < snapshot.fetched_at else Verdict.IN_DOUBT
    if snapshot.created is None:
        return Verdict.IN_DOUBT
    if snapshot.created > row.as_of:
        revives = row.deleted_at is not None and not snapshot.deleted
        return Verdict.IN_DOUBT if revives and snapshot.verb != "created" else Verdict.WRITE
    return Verdict.SKIP if snapshot.created < _from(row) else Verdict.IN_DOUBT


def says_the_same(row: Row, snapshot: Snapshot) -> bool:
    """Tell whether a row holds this very data."""
    alive = row.deleted_at is None
    return alive is not snapshot.deleted and bool(row.stripe_data == snapshot.data)


def _from(row: Row) -> int:
    return row.as_of if row.fetched_at is None else row.fetched_at
