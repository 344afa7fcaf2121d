"""Old data to delete: the bodies of events that are done, and the rows of requests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from stripe_integrations import conf, transactions
from stripe_integrations.choices import EventStatus
from stripe_integrations.operations.batches import key_batches

#: Rows that one transaction changes.
BATCH = 1000


def old_events(before: datetime) -> Any:
    """Return the events whose body may be dropped: all their classes are done.

    Their rows stay, so that an event sent again is known.
    """
    events = conf.model("Event").objects.using(conf.database())
    done = events.filter(
        status__in=[EventStatus.PROCESSED, EventStatus.IGNORED], received_at__lt=before
    )
    return done.exclude(body="")


def old_triggers(before: datetime) -> Any:
    """Return the rows of requests of that time."""
    triggers = conf.model("WebhookEventTrigger").objects.using(conf.database())
    return triggers.filter(created__lt=before)


def old_counts(before: datetime) -> Any:
    """Return the counts of requests refused at that time."""
    counts = conf.model("RefusedCount").objects.using(conf.database())
    return counts.filter(minute__lt=before)


def drop_bodies(events: Any) -> Iterator[int]:
    """Empty the bodies, and yield the number of events of each batch."""
    values = {"body": "", "error": "", "traceback": ""}
    yield from _in_batches(events, lambda batch: batch.update(**values))


def delete(rows: Any) -> Iterator[int]:
    """Delete the rows, and yield the number of rows of each batch."""
    yield from _in_batches(rows, lambda batch: batch.delete()[0])


def _in_batches(rows: Any, change: Any) -> Iterator[int]:
    for keys in key_batches(rows, BATCH):
        # The condition again, since a replay may have begun with an event meanwhile.
        batch = rows.filter(pk__in=keys)
        yield int(transactions.run_atomic(lambda batch=batch: change(batch), conf.database()))  # type: ignore[misc]
