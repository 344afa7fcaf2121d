"""Read again what a row in doubt should hold, outside of any event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from stripe_integrations.kinds import Kind
from stripe_integrations.mirror import fetch, ordering, write
from stripe_integrations.mirror.snapshots import Snapshot

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel

Row = TypeVar("Row", bound="StripeModel")


def known_data(row: StripeModel) -> dict[str, Any]:
    """Return what a row says of its object, at least the id."""
    return {"id": row.stripe_id, **row.stripe_data}


@dataclass(frozen=True)
class Settled(Generic[Row]):
    """A row, and whether the API has told what it should hold."""

    row: Row
    is_read: bool


def settle(kind: Kind, row: Row) -> Settled[Row]:
    """Read from the API what a row should hold, and write that.

    The row is left as it is where the API does not answer, or does not find an object that this
    key has never seen.
    """
    data = known_data(row)
    answer = fetch.fetch(kind, data, row.account)
    if answer is None or ordering.choose(row, Snapshot(data), answer).in_doubt:
        return Settled(row, is_read=False)
    return Settled(write.write(kind, answer, account=row.account), is_read=True)
