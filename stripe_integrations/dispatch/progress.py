"""The progress of an event: which classes its row has as done or failed."""

from __future__ import annotations

import time
import traceback
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from stripe_integrations import conf, storable
from stripe_integrations.choices import EventStatus, RunMark
from stripe_integrations.dispatch import registry

if TYPE_CHECKING:
    from stripe_integrations.models import StripeBaseEvent

#: Characters stored of the end of a traceback, which has the error.
MAX_TRACEBACK = 20_000


def mark_done(event: StripeBaseEvent, key: str) -> None:
    """Mark a class as done."""
    _set_run(event, key, {RunMark.DONE.value: int(time.time())})


def mark_all_done(event: StripeBaseEvent) -> None:
    """Mark all classes of an imported event as done, and its object as mirrored."""
    classes = registry.matching(event.kind)
    for webhook in classes:
        mark_done(event, registry.class_key(webhook))
    event.synced = True
    set_status(event, classes)


def mark_failed(event: StripeBaseEvent, key: str, error: BaseException) -> None:
    """Mark a class as failed since its first failure, and store the traceback."""
    lines = "".join(traceback.format_exception(error))
    since = event.run_of(key).get(RunMark.FAILED, int(time.time()))
    event.error = storable.clean_text(f"{type(error).__name__}: {error}")[:MAX_TRACEBACK]
    event.traceback = storable.clean_text(lines)[-MAX_TRACEBACK:]
    _set_run(event, key, {RunMark.FAILED.value: since, "error": event.error[:255]})


def forget(event: StripeBaseEvent, key: str) -> bool:
    """Remove the marks of a class; return whether there were any."""
    known = event.run_keys(key)
    for each in known:
        del event.runs[each]
    return bool(known)


def _set_run(event: StripeBaseEvent, key: str, run: dict[str, Any]) -> None:
    forget(event, key)
    event.runs[key] = run


def is_given_up(event: StripeBaseEvent, key: str) -> bool:
    """Tell whether a class has failed for longer than `GIVE_UP_AFTER`."""
    since = event.run_of(key).get(RunMark.FAILED)
    return since is not None and time.time() - since >= conf.get("GIVE_UP_AFTER")


def state(event: StripeBaseEvent, classes: registry.Classes) -> str:
    """Return the status that follows from what is done."""
    runs = [event.run_of(registry.class_key(webhook)) for webhook in classes]
    if all(RunMark.DONE in run for run in runs):
        return EventStatus.PROCESSED
    has_failed = any(RunMark.FAILED in run for run in runs)
    return EventStatus.FAILED if has_failed else EventStatus.RECEIVED


def set_status(event: StripeBaseEvent, classes: registry.Classes) -> None:
    """Set that status and what goes with it."""
    event.status = state(event, classes)
    event.processed_at = None
    if event.status == EventStatus.PROCESSED:
        event.processed_at = timezone.now()
        event.lease_expires_at = None
        event.error = event.traceback = ""


def save(event: StripeBaseEvent, classes: registry.Classes) -> None:
    """Set the status, and write the columns that processing changes; the row must be locked."""
    set_status(event, classes)
    event.save(
        using=conf.database(),
        update_fields=[
            "customer",
            "error",
            "lease_expires_at",
            "processed_at",
            "runs",
            "status",
            "synced",
            "traceback",
        ],
    )
