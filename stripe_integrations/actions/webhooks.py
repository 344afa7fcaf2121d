"""An event's way through the webhook classes that are registered for it."""

from __future__ import annotations

import logging
import time
import traceback
from typing import Any

from django.db import DatabaseError, IntegrityError
from django.db.models import F
from django.utils import timezone

from stripe_integrations import client, conf, mapping, payloads, registry, transactions
from stripe_integrations.actions.base import running_for
from stripe_integrations.actions.confirmation import confirmed
from stripe_integrations.actions.events import LEASE, StripeEventAction
from stripe_integrations.exceptions import WebhookFailed

logger = logging.getLogger("stripe_integrations")

#: Characters kept of a traceback; the end of it says what went wrong.
MAX_TRACEBACK = 20_000


class ClassFailed(Exception):
    """A webhook class raised `__cause__`: its transaction is to be undone, not tried again."""


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
            return cls.process(stored)
        message = confirmed(message)
        return cls.receive(message, payloads.serialize(message))

    @classmethod
    def receive(cls, message: dict[str, Any], body: str) -> Any:
        """Store a trusted event, run its classes, and return its row.

        `message` is what `body` says. Raises WebhookFailed when a class raised; then the event is
        kept with the traceback, and the same event sent again runs only what is not done.
        """
        event = StripeEventAction.build(message, body)
        classes = registry.for_event(event.kind)
        if _is_of_other_mode(event):
            event.status = "ignored"
        try:
            tried = _store(event, classes)
        except IntegrityError:
            stored = StripeEventAction.find(event.pk)
            if stored is None:
                raise
            event, tried = stored, None
        return _walk(event, classes, already_tried=tried)

    @classmethod
    def process(cls, event: Any) -> Any:
        """Run the classes of a stored event that are not done, and return its row.

        Raises WebhookFailed when a class raised that is not given up yet (`GIVE_UP_AFTER`).
        """
        return _walk(event, registry.for_event(event.kind))


def _is_of_other_mode(event: Any) -> bool:
    ours = conf.livemode()
    if ours is None or event.livemode is None or event.livemode is ours:
        return False
    # Stripe sends both modes to a live Connect endpoint; elsewhere somebody mixed up the keys.
    level = logging.INFO if event.account else logging.ERROR
    modes = {True: "live", False: "test"}
    logger.log(
        level,
        "%s is a %s event and this database is for %s mode: it is stored as ignored.",
        event.pk,
        modes[event.livemode],
        modes[ours],
    )
    return True


def _store(event: Any, classes: list[registry.WebhookClass]) -> str | None:
    """Insert the event and, if its first class is one of ours, that one's effect: at once.

    Returns the key of the class that was tried. Raises IntegrityError if the event is there.
    """
    if event.status == "ignored":
        classes = []
    first = classes[0] if classes and registry.is_built_in(classes[0]) else None
    key = registry.key(first) if first else None

    def insert() -> None:
        if event.status != "ignored":
            _settle(event, classes)
        event.save(using=conf.database(), force_insert=True)

    def insert_and_call() -> None:
        event.runs = {key: {"done": int(time.time())}}
        event.attempts = 1
        insert()
        _call(classes[0], event)

    if first is None:
        transactions.run(insert, conf.database())
        return None
    try:
        transactions.run(insert_and_call, conf.database())
    except (ClassFailed, transactions.LostRace, DatabaseError) as failure:
        if isinstance(failure, IntegrityError) and not isinstance(failure, transactions.LostRace):
            raise
        event.runs = {}
        _note_failure(event, str(key), failure)
        transactions.run(insert, conf.database())
    return key


def _walk(
    event: Any, classes: list[registry.WebhookClass], already_tried: str | None = None
) -> Any:
    """Run what is not done, each class in a transaction of its own; one failure stops no other."""
    if event.status == "ignored":
        return event
    for webhook in classes:
        key = registry.key(webhook)
        if key != already_tried and not event.is_done(key):
            event = _run(event, webhook, classes)
    open_keys = [
        key
        for key in map(registry.key, classes)
        if not event.is_done(key) and not _is_given_up(event, key)
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
        if not current.is_done(key):
            current.runs[key] = {"done": int(time.time())}
            _call(webhook, current)
            _save(current, classes)
        return current

    try:
        return transactions.run(work, conf.database())
    except (ClassFailed, DatabaseError) as error:
        failure = error

    def keep() -> Any:
        current = _lock(event)
        if not current.is_done(key):
            _note_failure(current, key, failure)
            _save(current, classes)
        return current

    return transactions.run(keep, conf.database())


def _lock(event: Any) -> Any:
    """Hold the event's row to the end of the transaction, which begins with this write."""
    rows = type(event).objects.using(conf.database()).filter(pk=event.pk)
    rows.update(attempts=F("attempts") + 1, lease_expires_at=timezone.now() + LEASE)
    return rows.get()


def _call(webhook: registry.WebhookClass, event: Any) -> None:
    try:
        with running_for(event):
            webhook(event).process_webhook()
        transactions.finish(conf.database())
    except Exception as error:
        if isinstance(error, transactions.LostRace) or transactions.is_passing(error):
            raise
        raise ClassFailed from error


def _note_failure(event: Any, key: str, failure: Exception) -> None:
    error = failure.__cause__ if isinstance(failure, ClassFailed) else failure
    assert error is not None  # noqa: S101 - a ClassFailed always has one
    logger.error("%s failed for %s", key, event.pk, exc_info=error)
    lines = "".join(traceback.format_exception(error))
    since = event.runs.get(key, {}).get("failed", int(time.time()))
    event.error = mapping.clean_text(f"{type(error).__name__}: {error}")[:MAX_TRACEBACK]
    event.traceback = mapping.clean_text(lines)[-MAX_TRACEBACK:]
    event.runs[key] = {"failed": since, "error": event.error[:255]}


def _settle(event: Any, classes: list[registry.WebhookClass]) -> None:
    """Set the state that follows from what is done."""
    runs = [event.runs.get(registry.key(webhook), {}) for webhook in classes]
    if all("done" in run for run in runs):
        event.status, event.processed_at = "processed", timezone.now()
        event.lease_expires_at = None
        event.error = event.traceback = ""
    else:
        event.status = "failed" if any("failed" in run for run in runs) else "received"
        event.processed_at = None


def _save(event: Any, classes: list[registry.WebhookClass]) -> None:
    _settle(event, classes)
    event.save(
        using=conf.database(),
        update_fields=[
            "error",
            "lease_expires_at",
            "processed_at",
            "runs",
            "status",
            "traceback",
        ],
    )


def _is_given_up(event: Any, key: str) -> bool:
    since = event.runs.get(key, {}).get("failed")
    return since is not None and time.time() - since >= conf.get("GIVE_UP_AFTER")
