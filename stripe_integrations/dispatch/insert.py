"""The long way of an event's first transaction: inserted alone, or with its first class run."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.db import DatabaseError, IntegrityError

from stripe_integrations import api_calls, client, conf, transactions
from stripe_integrations.choices import EventStatus
from stripe_integrations.dispatch import events, progress, registry, run
from stripe_integrations.mirror import refetch

if TYPE_CHECKING:
    from stripe_integrations.models import Event, WebhookEventTrigger


@api_calls.sharing(client.IMPATIENT)
def insert_and_run(
    event: Event, classes: registry.Classes, trigger: WebhookEventTrigger | None
) -> Event:
    """Insert an event together with the effect of its first class, then run the others.

    Raises WebhookFailed when a class raised.
    """
    try:
        with run.class_span(classes[0], event):
            refetch.run_with_reads(
                partial(_insert_and_call, event, classes, trigger), *conf.class_databases()
            )
    except (run.ClassFailed, DatabaseError) as failure:
        stored = _there_already(event, failure)
        if stored is not None:
            return run.run_classes(stored)
        event.runs, event.synced = {}, False
        tried = registry.class_key(classes[0])
        run.log_failure(event, tried, failure)
        stored = insert_alone(event, classes, trigger)
        return run.run_classes(stored, tried=tried)
    return run.run_classes(event)


def insert_alone(
    event: Event, classes: registry.Classes, trigger: WebhookEventTrigger | None
) -> Event:
    """Insert an event with no class run, and return its row; it may be there already."""
    try:
        transactions.run_atomic(lambda: _insert(event, classes, trigger), conf.database())
    except IntegrityError as failure:
        stored = _there_already(event, failure)
        if stored is None:
            raise
        return stored
    return event


def _insert_and_call(
    event: Event, classes: registry.Classes, trigger: WebhookEventTrigger | None
) -> None:
    if event.attempts:
        event.forget_message()  # an earlier attempt may have changed it
    event.runs, event.attempts = {}, 1
    progress.mark_done(event, registry.class_key(classes[0]))
    event.synced = True  # as almost always; committed with the effect, or not at all
    _insert(event, classes, trigger)
    if not run.call_class(classes[0], event, None, synced=False):
        event.synced = False
        event.save(using=conf.database(), update_fields=["synced"])


def _insert(event: Event, classes: registry.Classes, trigger: WebhookEventTrigger | None) -> None:
    if event.status != EventStatus.IGNORED:
        progress.set_status(event, classes)
    event.save(using=conf.database(), force_insert=True)
    if trigger is not None:
        is_processed = event.status == EventStatus.PROCESSED
        trigger.insert(conf.database(), is_processed=is_processed)


def _there_already(event: Event, failure: Exception) -> Event | None:
    # A constraint may also be the class's own, and be checked as late as at the commit.
    return events.find_event(event.pk) if isinstance(failure, IntegrityError) else None
