"""An event's webhook classes: each takes effect once, in a transaction of its own."""

from __future__ import annotations

import logging
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from stripe_integrations import api_calls, client, conf, counters, opentelemetry, transactions
from stripe_integrations.choices import Counted, EventStatus
from stripe_integrations.dispatch import progress, registry, twins
from stripe_integrations.dispatch.events import LEASE
from stripe_integrations.exceptions import WebhookFailed
from stripe_integrations.mirror import refetch, related
from stripe_integrations.mirror.attempts import running_for
from stripe_integrations.mirror.snapshots import NOTHING

if TYPE_CHECKING:
    from stripe_integrations.mirror.snapshots import Snapshot
    from stripe_integrations.models import StripeBaseEvent

EventRow = TypeVar("EventRow", bound="StripeBaseEvent")

logger = logging.getLogger("stripe_integrations")


class ClassFailed(Exception):
    """A webhook class raised `__cause__`: its transaction is to be undone, not tried again."""


def is_closed(event: StripeBaseEvent) -> bool:
    """Tell whether no class may run with an event any more."""
    return event.is_pruned or (
        event.status == EventStatus.IGNORED and conf.is_other_mode(event.livemode)
    )


def hand_over(event: EventRow) -> EventRow:
    """Run the classes of a stored event, or let the queue do it, and return its row.

    Raises WebhookFailed when a class raised, or the queue does not take the event.
    """
    if is_closed(event):
        return event
    queue = conf.get("QUEUE")
    if queue is None:
        return run_classes(event)
    if event.status != EventStatus.PROCESSED:
        transaction.on_commit(partial(_enqueue, queue, event.pk), using=conf.database())
    return event


@api_calls.sharing(client.IMPATIENT)  # by the reads for all classes
def run_classes(
    event: EventRow, *, tried: str | None = None, rerun: registry.WebhookClass | None = None
) -> EventRow:
    """Run the classes of a stored event that are not done, and return its row.

    One failure stops no other class. `tried` is the key of a class that has just failed, and is
    left out; the class `rerun` runs even if it is done. Raises WebhookFailed when a class raised
    that is not given up yet (`GIVE_UP_AFTER`).
    """
    if is_closed(event):
        return event
    classes = registry.matching(event.kind)
    read_object = _read_object(event, classes, rerun) if event.is_thin else None
    for webhook in classes:
        key = registry.class_key(webhook)
        if webhook is rerun or (key != tried and not event.is_done(key)):
            again = webhook is rerun
            event = _run_class(event, webhook, classes, read_object, again=again)
    if event.is_pruned:  # just now
        return event
    if event.status != progress.state(event, classes):  # it waited for a class that is gone
        event = _update_status(event, classes)
    _raise_if_open(event, classes)
    return event


def call_class(
    webhook: registry.WebhookClass,
    event: StripeBaseEvent,
    read_object: Snapshot | None,
    *,
    synced: bool,
) -> bool:
    """Call a class within a transaction; tell whether the mirror has the event's own object then.

    `read_object` is what was read of a thin event's object, None without an answer.
    Raises ClassFailed, refetch.ReadNeeded, or what the database may let pass if tried again.
    """
    databases = conf.class_databases()
    try:
        copies = not registry.is_ours(webhook)
        with (
            running_for(event, synced=synced, read_object=read_object, copies=copies) as attempt,
            transactions.watched(*databases),
        ):
            if event.is_thin and read_object is None:
                raise related.NotRead(
                    f"Stripe's API gave no answer about {event.object_type} {event.object_id}."
                )
            webhook(event).process_webhook()
        refetch.reraise_caught()
        for using in databases:
            transactions.finish(using)
    except Exception as error:
        refetch.reraise_caught()
        if isinstance(error, transactions.LostRace) or transactions.is_passing(error):
            raise
        raise ClassFailed from error
    return attempt.synced


def class_span(webhook: registry.WebhookClass, event: StripeBaseEvent) -> Any:
    """Return a span for a run of a class, with the reads of the API that it needs."""
    key = registry.class_key(webhook)
    return opentelemetry.span("stripe class", webhook=key, event=event.pk, event_type=event.kind)


def log_failure(event: StripeBaseEvent, key: str, failure: Exception) -> None:
    """Log that a class failed, and store the error in the event's row."""
    error = failure.__cause__ if isinstance(failure, ClassFailed) else failure
    assert error is not None  # noqa: S101 - a ClassFailed always has one
    counters.count(Counted.FAILURES, key)
    logger.error("%s failed for %s", key, event.pk, exc_info=error)
    progress.mark_failed(event, key, error)


def _enqueue(queue: str, event_id: str) -> None:
    try:
        import_module(queue).enqueue(event_id)
    except Exception as error:
        logger.exception("%s could not be handed to %s", event_id, queue)
        raise WebhookFailed(
            f"{event_id} is stored and could not be handed to {queue}: Stripe is to send it again."
        ) from error


def _run_class(
    event: EventRow,
    webhook: registry.WebhookClass,
    classes: registry.Classes,
    read_object: Snapshot | None,
    *,
    again: bool,
) -> EventRow:
    """Run a class if it is not done, or `again`, and mark it as done or failed."""
    key = registry.class_key(webhook)

    def lock() -> tuple[EventRow, StripeBaseEvent | None]:
        # In one order, whichever of the two is processed: the snapshot event first.
        twin = twins.hold(event) if event.is_thin else None
        current = _lock(event)
        twin = twin if event.is_thin else twins.hold(current)
        if again and progress.forget(current, key):
            current.synced = False
        return current, twin

    def work() -> EventRow:
        current, twin = lock()
        if not (current.is_pruned or current.is_done(key)):
            progress.mark_done(current, key)
            current.customer_id = related.customer_of(current, read_object)
            if again or twin is None or not twin.is_done(key):
                current.synced = call_class(webhook, current, read_object, synced=current.synced)
            progress.save(current, classes)
        return current

    try:
        with class_span(webhook, event):
            return refetch.run_with_reads(work, *conf.class_databases())
    except (ClassFailed, DatabaseError) as error:
        failure = error

    def keep() -> EventRow:
        current, _twin = lock()
        if not current.is_done(key):
            log_failure(current, key, failure)
            progress.save(current, classes)
        return current

    return transactions.run_atomic(keep, conf.database())


def _read_object(
    event: StripeBaseEvent, classes: registry.Classes, rerun: registry.WebhookClass | None
) -> Snapshot | None:
    """Read a thin event's object for the classes that are left to run; None without an answer."""
    rows = [event, twins.find_twin(event)]
    left = [
        webhook
        for webhook in classes
        if webhook is rerun
        or not any(row and row.is_done(registry.class_key(webhook)) for row in rows)
    ]
    if not left:
        return None
    if all(map(registry.mirrors_only, left)) and not conf.is_mirrored(event.object_type):
        return NOTHING
    with api_calls.sharing(client.IMPATIENT) as allowance, api_calls.spending(allowance):
        return related.read_object(event)


def _update_status(event: EventRow, classes: registry.Classes) -> EventRow:
    def work() -> EventRow:
        current = _lock(event)
        progress.save(current, classes)
        return current

    return transactions.run_atomic(work, conf.database())


def _raise_if_open(event: StripeBaseEvent, classes: registry.Classes) -> None:
    open_keys = [
        key
        for key in map(registry.class_key, classes)
        if not event.is_done(key) and not progress.is_given_up(event, key)
    ]
    if open_keys:
        raise WebhookFailed(
            f"{event.pk} is not done with {', '.join(open_keys)}; the event keeps the traceback."
        )


def _lock(event: EventRow) -> EventRow:
    """Lock the event's row until the end of the transaction, which begins with this write."""
    rows: Any = type(event).objects.using(conf.database()).filter(pk=event.pk)
    rows.update(attempts=F("attempts") + 1, lease_expires_at=timezone.now() + LEASE)
    locked: EventRow = rows.get()
    return locked
