"""What need not be kept for ever: the bodies of events that are done, and the rows of requests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from stripe_integrations import conf, transactions

#: Rows that one transaction changes.
BATCH = 1000


def old_events(before: datetime) -> Any:
    """Return the events whose body may go: nothing is left to be done with them.

    Their rows stay, so that an event sent again is known.
    """
    events = conf.model("Event").objects.using(conf.database())
    done = events.filter(status__in=["processed", "ignored"], received_at__lt=before)
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
    """Empty the bodies, and yield of how many events in each batch."""
    values = {"body": "", "error": "", "traceback": ""}
    yield from _in_batches(events, lambda batch: batch.update(**values))


def delete(rows: Any) -> Iterator[int]:
    """Delete the rows, and yield how many in each batch."""
    yield from _in_batches(rows, lambda batch: batch.delete()[0])


def _in_batches(rows: Any, change: Any) -> Iterator[int]:
    # By key, not by offset: each batch begins where the last one ended.
    last = None
    while True:
        following = rows.order_by("pk") if last is None else rows.filter(pk__gt=last).order_by("pk")
        keys = list(following.values_list("pk", flat=True)[:BATCH])
        if not keys:
            return
        # The condition again: what a replay took up meanwhile is left alone.
        batch = rows.filter(pk__in=keys)
        yield int(transactions.run(lambda batch=batch: change(batch), conf.database()))  # type: ignore[misc]
        last = keys[-1]
