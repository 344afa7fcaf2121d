"""One call of one webhook class, inside the transaction that keeps its effect and its mark."""

from __future__ import annotations

import logging
from typing import Any

from stripe_integrations import conf, transactions
from stripe_integrations.actions import doubts, progress
from stripe_integrations.actions.running import running_for

logger = logging.getLogger("stripe_integrations")


class ClassFailed(Exception):
    """A webhook class raised `__cause__`: its transaction is to be undone, not tried again."""


def call(webhook: Any, event: Any, *, synced: bool) -> bool:
    """Run a class; tell whether the mirror has the event's own object then.

    Raises ClassFailed, doubts.ReadNeeded, or what the database may let pass if tried again.
    """
    try:
        with running_for(event, synced=synced) as known:
            webhook(event).process_webhook()
        doubts.insist()
        transactions.finish(conf.database())
    except Exception as error:
        doubts.insist()
        if isinstance(error, transactions.LostRace) or transactions.is_passing(error):
            raise
        raise ClassFailed from error
    return bool(known.synced)


def note_failure(event: Any, key: str, failure: Exception) -> None:
    """Log that a class failed, and keep on the event's row why."""
    error = failure.__cause__ if isinstance(failure, ClassFailed) else failure
    assert error is not None  # noqa: S101 - a ClassFailed always has one
    logger.error("%s failed for %s", key, event.pk, exc_info=error)
    progress.note_failure(event, key, error)
