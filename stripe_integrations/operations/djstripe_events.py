"""dj-stripe's events, all of which it has processed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stripe_integrations.operations import foreign_tables
from stripe_integrations.operations.djstripe_accounts import OWNER, Owners
from stripe_integrations.operations.foreign_tables import ForeignTable, Row
from stripe_integrations.operations.import_steps import ImportedBatch
from stripe_integrations.operations.stored_events import StoredEvent, insert_absent_events

COLUMNS = (
    *("id", "stripe_data", "type", "data", "api_version", "created", "livemode"),
    *("request_id", "idempotency_key", OWNER),
)


def import_events(table: ForeignTable, *, owners: Owners) -> Iterator[ImportedBatch]:
    """Import a table of events, one batch after the other."""
    for batch in table.batches("djstripe_id", COLUMNS):
        events = [StoredEvent(_message(row), owners.account(row[OWNER])) for row in batch]
        yield ImportedBatch(len(batch), str(batch[-1]["id"]), insert_absent_events(events))


def _message(row: Row) -> Any:
    """Return an event as it was sent, from before dj-stripe 2.9 made of its columns."""
    message = foreign_tables.from_json(row["stripe_data"])
    if message:
        return message
    return {
        "id": row["id"],
        "object": "event",
        "api_version": row["api_version"] or None,
        "created": foreign_tables.seconds(row["created"]),
        "data": foreign_tables.from_json(row["data"]),
        "livemode": None if row["livemode"] is None else bool(row["livemode"]),
        "request": {
            "id": row["request_id"] or None,
            "idempotency_key": row["idempotency_key"] or None,
        },
        "type": row["type"],
    }
