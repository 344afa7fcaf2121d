"""An event's first transaction: its row, and with it the effect of its first class."""

from __future__ import annotations

from typing import Any

from django.db import DatabaseError, IntegrityError

from stripe_integrations import conf, registry, transactions
from stripe_integrations.actions import doubts, progress, recording
from stripe_integrations.actions.calls import ClassFailed, call, note_failure
from stripe_integrations.actions.events import StripeEventAction


def store(
    event: Any, classes: list[registry.WebhookClass], trigger: Any = None
) -> tuple[Any, str | None]:
    """Insert the event and, without a queue, the effect of its first class if that is ours.

    The request that brought it, `trigger`, is inserted with it.

    Returns the event's row, which may have been there, and the key of the class that was tried.
    """
    if trigger is not None and trigger.pk is not None:
        trigger = None  # its row is there
    runs_now = classes and event.status != "ignored" and not conf.get("QUEUE")
    if not (runs_now and registry.is_built_in(classes[0])):
        return _insert_alone(event, classes, trigger), None
    key = registry.key(classes[0])
    try:
        doubts.run(lambda: _insert_and_call(event, classes, trigger), conf.database())
    except (ClassFailed, DatabaseError) as failure:
        stored = _there_already(event, failure)
        if stored is None:
            if trigger is not None:
                trigger.pk = None  # what it got was undone
            event.runs, event.synced = {}, False
            note_failure(event, key, failure)
            stored = _insert_alone(event, classes, trigger)
        return stored, key if stored is event else None
    return event, key


def _insert_alone(event: Any, classes: list[registry.WebhookClass], trigger: Any) -> Any:
    try:
        transactions.run(lambda: _insert(event, classes, trigger), conf.database())
    except IntegrityError as failure:
        stored = _there_already(event, failure)
        if stored is None:
            raise
        return stored
    return event


def _insert_and_call(event: Any, classes: list[registry.WebhookClass], trigger: Any) -> None:
    if event.attempts:
        event.__dict__.pop("message", None)  # an earlier attempt may have changed it
    event.runs, event.attempts = {}, 1
    progress.note_done(event, registry.key(classes[0]))
    event.synced = True  # as almost always; it is kept with the effect, or neither is
    _insert(event, classes, trigger)
    if not call(classes[0], event, synced=False):
        event.synced = False
        event.save(using=conf.database(), update_fields=["synced"])


def _insert(event: Any, classes: list[registry.WebhookClass], trigger: Any) -> None:
    if event.status != "ignored":
        progress.settle(event, classes)
    if trigger is not None:
        trigger.pk = None  # an earlier attempt may have got one that was undone
    event.save(using=conf.database(), force_insert=True)
    if trigger is not None:
        recording.keep(trigger, event)


def _there_already(event: Any, failure: Exception) -> Any:
    # A constraint may also be the class's own, and be checked as late as at the commit.
    return StripeEventAction.find(event.pk) if isinstance(failure, IntegrityError) else None
