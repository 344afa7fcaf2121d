"""The audit log of requests: a row with the event, or with the reason of the refusal."""

from __future__ import annotations

import logging
import traceback
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, IntegrityError, transaction
from django.db.models import F, Q, Sum

from stripe_integrations import conf, counters, storable, transactions
from stripe_integrations.choices import Counted, RecordTriggers, RefusalReason
from stripe_integrations.dispatch import progress
from stripe_integrations.exceptions import WebhookRefused
from stripe_integrations.inbox import request_details

if TYPE_CHECKING:
    from stripe_integrations.models import Event, WebhookEventTrigger

logger = logging.getLogger("stripe_integrations")

#: Bytes stored of a refused body: enough to recognize the sender.
MAX_REFUSED_BODY = 2000
#: Bytes stored of an exception's message.
MAX_EXCEPTION = 2000


#: Refused requests are kept as rows up to this many times `REFUSED_PER_DAY`, the newest ones.
MAX_DAYS = 3
#: Surplus rows that one request deletes at most.
MAX_DELETED = 100
#: Days after which counts are deleted.
MAX_DAYS_OF_COUNTS = 7


def prepare(trigger: WebhookEventTrigger, event: Event) -> None:
    """Prepare a trigger to be inserted with its event."""
    if trigger.pk is None:
        trigger.event_id, trigger.updated = event.pk, trigger.created
        request_details.fill_in(trigger)


def keep_outcome(trigger: WebhookEventTrigger, *, is_processed: bool) -> None:
    """Update the trigger if the event's result has changed since it was inserted."""
    is_new = trigger.pk is None  # with an event that was there already
    if is_new or trigger.processed != is_processed:
        trigger.processed = is_processed
        _save(trigger)


def keep_error(trigger: WebhookEventTrigger, error: Exception) -> None:
    """Store why a valid request could not be processed, if the database is available."""
    trigger.reason, trigger.processed = RefusalReason.ERROR, False
    trigger.exception = _said(error)
    # The event stores errors of classes; messages of brokers and drivers may hold a password.
    lines = "".join(traceback.format_exception(error, chain=False))
    trigger.traceback = storable.clean_text(lines)[-progress.MAX_TRACEBACK :]
    if conf.get("RECORD_TRIGGERS") != RecordTriggers.NONE:
        _save(trigger)


def keep_refusal(trigger: WebhookEventTrigger, refusal: WebhookRefused, counted_as: str) -> None:
    """Log and count a refusal, and store its row unless the limit of the minute or day is reached.

    It is counted for the endpoint that refused it, if that is known.
    """
    request_details.fill_in_address(trigger)
    trigger.reason = refusal.detail.code  # type: ignore[assignment,union-attr]
    trigger.exception = _said(refusal)
    cleaned = storable.clean_text(trigger.refused_body[:MAX_REFUSED_BODY])
    trigger.refused_body = _cut(cleaned, MAX_REFUSED_BODY)
    try:
        is_one_of_few = _count(counted_as, trigger) <= conf.get("REFUSED_PER_MINUTE")
    except DatabaseError:
        logger.exception("The refused request could not be counted.")
        is_one_of_few = False
    is_one_of_few = is_one_of_few and _is_room_left(trigger.created)
    logger.log(
        logging.WARNING if is_one_of_few else logging.DEBUG,
        "Webhook request from %s refused at %s with %s: %s: %s",
        trigger.remote_ip or "an unknown address",
        counted_as or "the settings' secrets",
        refusal.status_code,
        trigger.reason,
        refusal.detail,
    )
    is_kept = (
        trigger.reason != RefusalReason.NO_HEADER
        and conf.get("RECORD_TRIGGERS") != RecordTriggers.NONE
    )
    if is_kept and is_one_of_few:
        _save(trigger)
        _delete_surplus_rows()
    counters.count(Counted.REFUSALS, trigger.reason, counted_as)
    counters.flush_if_due()


def _is_room_left(now: datetime) -> bool:
    day = now.replace(hour=0, minute=0, second=0, microsecond=0)
    of_the_day = _refused_rows().filter(created__gte=day, created__lt=day + timedelta(days=1))
    try:
        kept: int = of_the_day.count()
    except DatabaseError:
        logger.exception("The row of a webhook request could not be kept.")
        return False
    return kept < int(conf.get("REFUSED_PER_DAY"))


def _refused_rows() -> Any:
    rows = conf.model("WebhookEventTrigger").objects.using(conf.database())
    return rows.filter(valid=False)


def _delete_surplus_rows() -> None:
    """Delete refused requests that are not among the newest, a few with each that comes."""
    limit = MAX_DAYS * conf.get("REFUSED_PER_DAY")
    _delete_some(_refused_rows().order_by("-created", "-pk"), limit)


def _delete_old_counts(now: datetime) -> None:
    counts = conf.model("RefusedCount").objects.using(conf.database())
    old = counts.filter(minute__lt=now - timedelta(days=MAX_DAYS_OF_COUNTS))
    _delete_some(old.order_by("minute"), 0)


def _delete_some(rows: Any, start: int) -> None:
    try:
        keys = list(rows.values_list("pk", flat=True)[start : start + MAX_DELETED])
        if keys:
            surplus = rows.order_by().filter(pk__in=keys)
            transactions.run_atomic(surplus.delete, conf.database())
    except DatabaseError:
        logger.exception("Old rows of refused requests could not be deleted.")


def _count(counted_as: str, trigger: WebhookEventTrigger) -> int:
    """Count a refusal, and return how many of its kind came in the same minute, with this one.

    Those without a signature, which leave no row, are a kind of their own.
    """
    counts = conf.model("RefusedCount").objects.using(conf.database())
    reason, minute = trigger.reason, trigger.created.replace(second=0, microsecond=0)
    _raise_by_one(counts, minute=minute, endpoint=counted_as, reason=reason)
    # Count first, then sum: a request beyond the limit never sees a sum below it.
    here = counts.filter(minute=minute, endpoint=counted_as)
    unsigned = Q(reason=RefusalReason.NO_HEADER)
    alike = here.filter(unsigned) if reason == RefusalReason.NO_HEADER else here.exclude(unsigned)
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
        is_new.append(True)

    is_new: list[bool] = []
    transactions.run_atomic(work, conf.database())
    if is_new:
        _delete_old_counts(minute)


def _said(error: Exception) -> str:
    return _cut(storable.clean_text(f"{type(error).__name__}: {error}"), MAX_EXCEPTION)


def _cut(text: str, limit: int) -> str:
    """Return the beginning of a text, cut to a number of bytes."""
    return text.encode()[:limit].decode("utf-8", "ignore")


def _save(trigger: WebhookEventTrigger) -> None:
    request_details.fill_in(trigger)
    try:
        transactions.run_atomic(lambda: trigger.save(using=conf.database()), conf.database())
    except DatabaseError:
        logger.exception("The row of a webhook request could not be kept.")
