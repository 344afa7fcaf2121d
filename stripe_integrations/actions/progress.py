"""How far an event has come: what its row says of the classes that ran."""

from __future__ import annotations

import time
import traceback
from typing import Any

from django.utils import timezone

from stripe_integrations import conf, mapping, registry

#: Characters kept of a traceback; the end of it says what went wrong.
MAX_TRACEBACK = 20_000


def note_done(event: Any, key: str) -> None:
    """Mark a class as done."""
    event.runs[key] = {"done": int(time.time())}


def note_failure(event: Any, key: str, error: BaseException) -> None:
    """Mark a class as failed, since its first failure, and keep the traceback."""
    lines = "".join(traceback.format_exception(error))
    since = event.runs.get(key, {}).get("failed", int(time.time()))
    event.error = mapping.clean_text(f"{type(error).__name__}: {error}")[:MAX_TRACEBACK]
    event.traceback = mapping.clean_text(lines)[-MAX_TRACEBACK:]
    event.runs[key] = {"failed": since, "error": event.error[:255]}


def is_given_up(event: Any, key: str) -> bool:
    """Tell whether a class has failed for so long that Stripe need not send the event again."""
    since = event.runs.get(key, {}).get("failed")
    return since is not None and time.time() - since >= conf.get("GIVE_UP_AFTER")


def state(event: Any, classes: list[registry.WebhookClass]) -> str:
    """Return the status that follows from what is done."""
    runs = [event.runs.get(registry.key(webhook), {}) for webhook in classes]
    if all("done" in run for run in runs):
        return "processed"
    return "failed" if any("failed" in run for run in runs) else "received"


def settle(event: Any, classes: list[registry.WebhookClass]) -> None:
    """Set that status and what goes with it."""
    event.status = state(event, classes)
    event.processed_at = None
    if event.status == "processed":
        event.processed_at = timezone.now()
        event.lease_expires_at = None
        event.error = event.traceback = ""


def save(event: Any, classes: list[registry.WebhookClass]) -> None:
    """Set the status, and write all that processing changes; the row must be held."""
    settle(event, classes)
    event.save(
        using=conf.database(),
        update_fields=[
            "error",
            "lease_expires_at",
            "processed_at",
            "runs",
            "status",
            "synced",
            "traceback",
        ],
    )
