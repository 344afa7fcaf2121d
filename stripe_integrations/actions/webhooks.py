"""An event's way through the webhook classes that are registered for it."""

from __future__ import annotations

import logging
from functools import partial
from importlib import import_module
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import F
from django.utils import timezone

from stripe_integrations import client, conf, payloads, registry, transactions
from stripe_integrations.actions import doubts, progress, storing
from stripe_integrations.actions.calls import ClassFailed, call, note_failure
from stripe_integrations.actions.confirmation import confirmed
from stripe_integrations.actions.events import LEASE, StripeEventAction
from stripe_integrations.actions.modes import is_of_other_mode, log_ignored
from stripe_integrations.exceptions import WebhookFailed

logger = logging.getLogger("stripe_integrations")


class StripeWebhook:
    """Store events and run the webhook classes that are registered for them.

    Each class takes effect once per event, in a transaction of its own, over duplicates, retries
    and concurrent deliveries. Follows https://docs.stripe.com/webhooks.
    """

    @classmethod
    def process_webhook(cls, event_data: dict[str, Any], *, verified: bool = False) -> Any:
        """Process a parsed payload and return the event's row.

        Unless the caller has verified the signature and says so, the payload is not trusted: an
        event not stored yet is read from Stripe's API, and that is processed. Raises
        PayloadRefused, PayloadNotConfirmed, or WebhookFailed when a class raised.
        """
        message = payloads.check(client.plain(event_data))
        if verified:
            return cls.receive(message, payloads.serialize(message))
        stored = StripeEventAction.find(message["id"])
        if stored is not None:
            return _proceed(stored, registry.for_event(stored.kind))
        message = confirmed(message)
        return cls.receive(message, payloads.serialize(message))

    @classmethod
    def receive(cls, message: dict[str, Any], body: str, trigger: Any = None) -> Any:
        """Store a trusted event, run its classes or let the queue do it, and return its row.

        `message` is what `body` says, and `trigger` the request that brought it; that is kept with
        the event. Raises WebhookFailed when a class raised; then the event is
        kept with the traceback, and the same event sent again runs only what is not done. With a
        queue, it is raised when that does not take the event.
        """
        endpoint = trigger and trigger.webhook_endpoint
        event = StripeEventAction.build(message, body, endpoint and endpoint.account)
        if trigger is not None:
            event.webhook_endpoint_id = trigger.webhook_endpoint_id
            event.secret_name = trigger.secret_name
        classes = registry.for_event(event.kind)
        if is_of_other_mode(event):
            event.status = "ignored"
            log_ignored(event)
        stored, tried = storing.store(event, classes, trigger)
        if trigger is not None:
            trigger.event = stored
        return _proceed(stored, classes, already_tried=tried)

    @classmethod
    def process(cls, event: Any) -> Any:
        """Run the classes of a stored event that are not done, and return its row.

        Raises WebhookFailed when a class raised that is not given up yet (`GIVE_UP_AFTER`).
        """
        if event.is_pruned or (event.status == "ignored" and is_of_other_mode(event)):
            return event
        return _walk(event, registry.for_event(event.kind))

    @classmethod
    def forget(cls, event: Any, key: str) -> None:
        """Clear the mark of one class, so that `process` runs it again."""

        def work() -> None:
            current = _lock(event)
            if current.runs.pop(key, None) is not None:
                current.synced = False
                progress.save(current, registry.for_event(current.kind))

        transactions.run(work, conf.database())


def _proceed(
    event: Any, classes: list[registry.WebhookClass], already_tried: str | None = None
) -> Any:
    """Run the classes of an event that is stored, or hand it to the queue, and return it."""
    if event.is_pruned or (event.status == "ignored" and is_of_other_mode(event)):
        return event
    queue = conf.get("QUEUE")
    if queue is None:
        return _walk(event, classes, already_tried)
    if event.status != "processed":
        transaction.on_commit(partial(_enqueue, queue, event.pk), using=conf.database())
    return event


def _enqueue(queue: str, event_id: str) -> None:
    try:
        import_module(queue).enqueue(event_id)
    except Exception as error:
        logger.exception("%s could not be handed to %s", event_id, queue)
        raise WebhookFailed(
            f"{event_id} is stored and could not be handed to {queue}: Stripe is to send it again."
        ) from error


def _walk(
    event: Any, classes: list[registry.WebhookClass], already_tried: str | None = None
) -> Any:
    """Run what is not done, each class in a transaction of its own; one failure stops no other."""
    for webhook in classes:
        key = registry.key(webhook)
        if key != already_tried and not event.is_done(key):
            event = _run(event, webhook, classes)
    if event.is_pruned:  # just now
        return event
    if event.status != progress.state(event, classes):  # it waited for a class that is gone
        event = transactions.run(partial(_settle, event, classes), conf.database())
    open_keys = [
        key
        for key in map(registry.key, classes)
        if not event.is_done(key) and not progress.is_given_up(event, key)
    ]
    if open_keys:
        raise WebhookFailed(
            f"{event.pk} is not done with {', '.join(open_keys)}; the event keeps the traceback."
        )
    return event


def _run(event: Any, webhook: registry.WebhookClass, classes: list[registry.WebhookClass]) -> Any:
    key = registry.key(webhook)

    def work() -> Any:
        current = _lock(event)
        if not (current.is_pruned or current.is_done(key)):
            progress.note_done(current, key)
            current.synced = call(webhook, current, synced=current.synced)
            progress.save(current, classes)
        return current

    try:
        return doubts.run(work, conf.database())
    except (ClassFailed, DatabaseError) as error:
        failure = error

    def keep() -> Any:
        current = _lock(event)
        if not current.is_done(key):
            note_failure(current, key, failure)
            progress.save(current, classes)
        return current

    return transactions.run(keep, conf.database())


def _lock(event: Any) -> Any:
    """Hold the event's row to the end of the transaction, which begins with this write."""
    rows = type(event).objects.using(conf.database()).filter(pk=event.pk)
    rows.update(attempts=F("attempts") + 1, lease_expires_at=timezone.now() + LEASE)
    return rows.get()


def _settle(event: Any, classes: list[registry.WebhookClass]) -> Any:
    current = _lock(event)
    progress.save(current, classes)
    return current
