"""Two events of one change: a thin one, and the snapshot event that it names.

Each class takes effect once for the two. Both rows are locked while it runs, the snapshot event's
first, so that of two simultaneous deliveries the later one sees what the first has done. A class
that does more than write the mirror therefore runs only after the event's row is committed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import F

from stripe_integrations import conf
from stripe_integrations.thin_events import TWIN_PREFIX

if TYPE_CHECKING:
    from stripe_integrations.models import StripeBaseEvent


def find_twin(event: StripeBaseEvent) -> StripeBaseEvent | None:
    """Return the stored twin of an event with what is done of it, None without one."""
    found: StripeBaseEvent | None = _twins(event).first()
    return found


def hold(event: StripeBaseEvent) -> StripeBaseEvent | None:
    """Return the stored twin of an event, held to the end of the transaction."""
    twins = _twins(event)
    if event.is_thin:  # its transaction begins here: on SQLite, with a write
        return find_twin(event) if twins.update(attempts=F("attempts")) else None
    found: StripeBaseEvent | None = twins.select_for_update().first()
    return found


def _twins(event: StripeBaseEvent) -> Any:
    events = conf.model("Event").objects.using(conf.database()).only("runs")
    if not event.is_thin:
        thin = events.filter(snapshot_event=event.pk, kind=f"{TWIN_PREFIX}{event.kind}")
        return thin.filter(account=event.account)
    # Whoever signs an account's events names no event of another one.
    kind = event.kind.removeprefix(TWIN_PREFIX)
    return events.filter(pk=event.snapshot_event or "", kind=kind, account=event.account)
