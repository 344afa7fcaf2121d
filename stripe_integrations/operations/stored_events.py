"""Events that another library has processed: stored as such, so that none takes effect again."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import Max

from stripe_integrations import conf, transactions
from stripe_integrations.choices import EventStatus
from stripe_integrations.dispatch import events, progress
from stripe_integrations.exceptions import PayloadRefused
from stripe_integrations.inbox import payloads
from stripe_integrations.models.events import latest_time
from stripe_integrations.operations import stored_objects
from stripe_integrations.operations.stored_objects import IMPORTED, OTHER_MODE, PRESENT, Outcomes

NO_EVENT = "not an event as Stripe sends them"


class StoredEvent(NamedTuple):
    """An event as another library has stored it, and the connected account that it is of."""

    message: Any
    account: str | None


class Subject(NamedTuple):
    """The object that an event is about."""

    kind: str
    id: str
    account: str | None


def insert_absent_events(given: Sequence[StoredEvent]) -> Outcomes:
    """Insert the events that are not stored, as processed; return what became of each.

    All or nothing.
    """
    outcomes: Outcomes = Counter()
    found: dict[str, StoredEvent] = {}
    for each in given:
        try:
            message = payloads.check(each.message)
        except PayloadRefused:
            outcomes[NO_EVENT] += 1
            continue
        if conf.is_other_mode(message.get("livemode")):
            outcomes[OTHER_MODE] += 1
        else:
            found[message["id"]] = each
    model = conf.model("Event")

    def work() -> Outcomes:
        known = model._base_manager.using(conf.database()).filter(pk__in=list(found))
        there = set(known.values_list("pk", flat=True))
        missing = [each for stripe_id, each in found.items() if stripe_id not in there]
        stored_objects.insert_rows(model, dict(map(_columns, missing)))
        return Counter({IMPORTED: len(missing), PRESENT: len(there)})

    return outcomes + transactions.run_atomic(work, conf.database())


def newest(ids: Iterable[str]) -> dict[Subject, int]:
    """Return the time of the newest processed event of each object, in Unix seconds."""
    rows = conf.model("Event")._base_manager.using(conf.database())
    known = rows.filter(object_id__in=list(ids), status=EventStatus.PROCESSED).order_by()
    found = known.values_list("object_type", "object_id", "account").annotate(Max("as_of"))
    return {Subject(*subject): as_of for *subject, as_of in found}


def _columns(each: StoredEvent) -> tuple[str, dict[str, Any]]:
    """Return the key of an event's row, and its columns."""
    message = each.message
    created = message.get("created")
    # It had happened by then: the time of a test clock may be later than Stripe's own.
    as_of = min(created, latest_time()) if isinstance(created, int) else None
    event = events.unsaved_event(message, json.dumps(message), each.account, as_of)
    progress.mark_all_done(event)
    names = [field.attname for field in event._meta.concrete_fields if not field.primary_key]
    return event.pk, {name: getattr(event, name) for name in names}
