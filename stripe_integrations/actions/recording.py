"""What is kept of a request: a row with its event, or one with the reason why it was refused."""

from __future__ import annotations

import logging
import traceback
from datetime import datetime
from typing import Any

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F, Q, Sum

from stripe_integrations import conf, mapping, transactions
from stripe_integrations.actions import progress
from stripe_integrations.exceptions import WebhookRefused

logger = logging.getLogger("stripe_integrations")

#: Characters kept of a refused body: enough to see whose it is.
MAX_REFUSED_BODY = 2000
#: Characters kept of what an exception says.
MAX_EXCEPTION = 2000


def keep(trigger: Any, event: Any) -> None:
    """Insert the row of a request with its event, in the transaction that is open."""
    trigger.event = event
    trigger.stripe_trigger_account = event.account
    trigger.processed = event.status == "processed"
    if conf.get("RECORD_TRIGGERS") == "all":
        trigger.save(using=conf.database(), force_insert=True)


def keep_outcome(trigger: Any, event: Any) -> None:
    """Write what has become of the event since, if that is something else."""
    is_processed = event.status == "processed"
    is_new = trigger.pk is None  # with an event that was there already
    if is_new:
        trigger.stripe_trigger_account = event.account
    if conf.get("RECORD_TRIGGERS") == "all" and (is_new or trigger.processed != is_processed):
        trigger.processed = is_processed
        _save(trigger)
    trigger.processed = is_processed


def keep_error(trigger: Any, error: Exception) -> None:
    """Write why a valid request could not be processed, if the database lets us."""
    trigger.reason, trigger.processed = "error", False
    _explain(trigger, error)
    if conf.get("RECORD_TRIGGERS") != "none":
        _save(trigger)


def keep_refusal(trigger: Any, refusal: WebhookRefused, endpoint: str) -> None:
    """Log and count a refusal, and keep its row unless there are too many in this minute.

    `endpoint` is the one that refused it, by which it is counted.
    """
    trigger.reason = refusal.detail.code  # type: ignore[union-attr]
    _explain(trigger, refusal)
    trigger.refused_body = mapping.clean_text(trigger.refused_body[:MAX_REFUSED_BODY])
    try:
        is_one_of_few = _count(endpoint, trigger) <= conf.get("REFUSED_PER_MINUTE")
    except DatabaseError:
        logger.exception("The refused request could not be counted.")
        is_one_of_few = False
    logger.log(
        logging.WARNING if is_one_of_few else logging.DEBUG,
        "Webhook request from %s refused at %s with %s: %s: %s",
        trigger.remote_ip or "an unknown address",
        endpoint or "the settings' secrets",
        refusal.status_code,
        trigger.reason,
        refusal.detail,
    )
    is_kept = trigger.reason != "no_header" and conf.get("RECORD_TRIGGERS") != "none"
    if is_kept and is_one_of_few:
        _save(trigger)


def _count(endpoint: str, trigger: Any) -> int:
    """Count a refusal, and return how many of its kind came in the same minute, with this one.

    Those without a signature, which leave no row, are a kind of their own.
    """
    counts = conf.model("RefusedCount").objects.using(conf.database())
    reason, minute = trigger.reason, trigger.created.replace(second=0, microsecond=0)
    _raise_by_one(counts, minute=minute, endpoint=endpoint, reason=reason)
    # Counted first, then summed: nobody who is beyond the limit can see a sum below it.
    here = counts.filter(minute=minute, endpoint=endpoint)
    unsigned = Q(reason="no_header")
    alike = here.filter(unsigned) if reason == "no_header" else here.exclude(unsigned)
    return int(alike.aggregate(total=Sum("count"))["total"] or 0)


def _raise_by_one(counts: Any, *, minute: datetime, endpoint: str, reason: str) -> None:
    key = {"minute": minute, "endpoint": endpoint, "reason": reason}

    def work() -> None:
        if counts.filter(**key).update(count=F("count") + 1):
            return
        try:
            with transaction.atomic(using=conf.database()):
                counts.create(**key)
        except IntegrityError as error:
            raise transactions.LostRace(*error.args) from error

    transactions.run(work, conf.database())


def _explain(trigger: Any, error: Exception) -> None:
    # What a class raised, the event keeps; what a broker or a driver says may hold a password.
    lines = "".join(traceback.format_exception(error, chain=False))
    said = f"{type(error).__name__}: {error}"
    trigger.exception = mapping.clean_text(said)[:MAX_EXCEPTION]
    trigger.traceback = mapping.clean_text(lines)[-progress.MAX_TRACEBACK :]


def _save(trigger: Any) -> None:
    try:
        transactions.run(lambda: trigger.save(using=conf.database()), conf.database())
    except DatabaseError:
        logger.exception("The row of a webhook request could not be kept.")
