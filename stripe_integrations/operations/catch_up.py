"""Events that never arrived, read from the API's list of events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from typing import Any, NamedTuple

import stripe
from django.db.models import Q

from stripe_integrations import client, conf, event_types, thin_events, transactions
from stripe_integrations.choices import EventStatus
from stripe_integrations.dispatch import wanted_events
from stripe_integrations.exceptions import WebhookFailed, WebhookRefused
from stripe_integrations.inbox import payloads
from stripe_integrations.inbox.receive import accept
from stripe_integrations.operations.accounts import of_rows
from stripe_integrations.storable import to_seconds
from stripe_integrations.thin_events import TWIN_PREFIX

#: Seconds that Stripe keeps events.
KEPT = 30 * 86_400
#: Seconds that are read again each time: an event may be listed late.
OVERLAP = 3600
#: Seconds of events that are listed at once, before the cursor moves on.
SLICE = 6 * 3600
#: Event types that one request to Stripe may name.
MAX_TYPES = 20

#: What is counted, beside the events that failed and those that were received.
LISTED, MISSING, REFUSED = "listed", "missing", "refused"


@dataclass(frozen=True)
class Slice:
    """The seconds from `start` to `end`; to this moment without an end.

    `oldest` is the time before which Stripe keeps no events.
    """

    account: str | None
    oldest: int
    start: int
    end: int | None
    read_to: int


class CaughtUp(NamedTuple):
    """How many events were listed, missing, failed and refused.

    `thin_error` says why the thin events could not be listed.
    """

    counts: Counter[str]
    thin_error: stripe.StripeError | None


def slices(account: str | None, since: int | None = None) -> list[Slice]:
    """Return the slices to list, oldest first, from the cursor or from `since`, a Unix time.

    Raises stripe.StripeError.
    """
    now = client.request("get", "/v1/events", {"limit": 1}, account=account).fetched_at
    known = read_to(account)
    start = since if since is not None else (known or 0) - OVERLAP
    oldest = now - KEPT
    starts = list(range(max(start, oldest), now, SLICE)) or [now]
    return [
        Slice(account, oldest, begin, end, end or now)
        for begin, end in zip(starts, [*starts[1:], None], strict=True)
    ]


def read_to(account: str | None) -> int | None:
    """Return the Stripe time up to which an account's events were read; None if they never were."""
    cursors = conf.model("EventCursor").objects.using(conf.database())
    known = cursors.filter(pk=account or "").values_list("read_to", flat=True)
    found: int | None = transactions.run_query(known.first, cursors.db)
    return found


def accounts_of_events() -> list[str | None]:
    """Return our own account and the connected ones that events came from."""
    return of_rows(conf.model("Event").objects.using(conf.database()))


def catch_up(part: Slice, thin_error: stripe.StripeError | None = None) -> CaughtUp:
    """List a slice, store and process the events that are not stored, and move the cursor on.

    Where the thin events cannot be listed, the snapshot events are processed, and the cursor stays;
    with `thin_error`, that of an earlier slice, they are not asked for. Raises stripe.StripeError.
    """
    found: Counter[str] = Counter()
    missing = _missing(_snapshot_pages(part), part.account, found)
    if thin_error is None:
        try:
            missing |= _missing(_thin_pages(part), part.account, found)
        except stripe.StripeError as error:  # a key may read the one list and not the other
            thin_error = error
    in_order = list(missing.values())
    in_order.reverse()  # each list has the newest first, also within a second
    in_order.sort(key=lambda listed: _created(listed[0]))
    for message, as_of in in_order:
        if wanted_events.wants(message["type"]):
            found[MISSING] += 1
            found[_receive(message, part.account, as_of)] += 1
    if thin_error is None:
        _move_cursor(part)
    return CaughtUp(found, thin_error)


def _missing(
    pages: Iterator[client.Answer], account: str | None, found: Counter[str]
) -> dict[str, tuple[dict[str, Any], int]]:
    """Return the events of these pages that are not stored, each with its latest time, by id."""
    missing: dict[str, tuple[dict[str, Any], int]] = {}
    for page in pages:
        messages = {message["id"]: message for message in page.data["data"]}
        found[LISTED] += len(messages)
        new = transactions.run_query(partial(_not_stored, messages, account), conf.database())
        missing.update({key: (message, page.as_of) for key, message in new.items()})
    return missing


def _move_cursor(part: Slice) -> None:
    known = read_to(part.account)
    # What lies between the cursor and a later `since` is not read: the cursor stays before that,
    # unless Stripe no longer keeps it.
    if known is None or (max(known, part.oldest) >= part.start and part.read_to > known):
        cursors = conf.model("EventCursor").objects.using(conf.database())
        values = {"pk": part.account or "", "defaults": {"read_to": part.read_to}}
        transactions.run_atomic(lambda: cursors.update_or_create(**values), conf.database())


def _receive(message: dict[str, Any], account: str | None, as_of: int) -> str:
    if account is not None:
        message.setdefault("context" if thin_events.is_thin(message) else "account", account)
    try:
        accept(payloads.check(message), payloads.serialize(message), as_of=as_of)
    except WebhookFailed:
        return EventStatus.FAILED.value
    except WebhookRefused:
        return REFUSED
    return EventStatus.RECEIVED.value


def _created(message: dict[str, Any]) -> int:
    created = message["created"]
    return (to_seconds(created) or 0) if isinstance(created, str) else int(created)


def _snapshot_pages(part: Slice) -> Iterator[client.Answer]:
    for filters in _filters():
        params = {**filters, "created": _span(part)}
        yield from client.pages("/v1/events", params, account=part.account)


def _thin_pages(part: Slice) -> Iterator[client.Answer]:
    """List the thin events of an account, if such events are sent here at all.

    Follows https://docs.stripe.com/api/v2/core/events/list.
    """
    if not _takes_thin_events():
        return
    span = {
        name: datetime.fromtimestamp(limit, tz=timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        for name, limit in _span(part).items()
    }
    types = [] if wanted_events.wants_all() else wanted_events.enabled_thin_events()
    for start in range(0, len(types) or 1, MAX_TYPES):
        some = types[start : start + MAX_TYPES]
        params = {"created": span, **({"types": some} if some else {})}
        yield from client.pages("/v2/core/events", params, account=part.account)


def _takes_thin_events() -> bool:
    endpoints = conf.model("WebhookEndpoint").objects.using(conf.database())
    events = conf.model("Event").objects.using(conf.database())
    thin = endpoints.filter(event_payload="thin", deleted_at=None)
    stored = events.filter(Q(kind__startswith="v1.") | Q(kind__startswith="v2."))
    return transactions.run_query(lambda: bool(thin.exists() or stored.exists()), conf.database())


def _span(part: Slice) -> dict[str, int]:
    return {"gte": part.start, **({} if part.end is None else {"lt": part.end})}


def _filters() -> Iterator[dict[str, Any]]:
    """Return the parameters of the requests that together list every event with a class."""
    if wanted_events.wants_all():
        yield {}
        return
    types = event_types.known()
    names = wanted_events.acting_names() - types
    covered = {kind for kind in types for name in names if event_types.matches(name, kind)}
    wanted = sorted(filter(wanted_events.wants, types - covered))
    for start in range(0, len(wanted), MAX_TYPES):
        yield {"types": wanted[start : start + MAX_TYPES]}
    for name in sorted(names):  # a prefix, or what the installed SDK does not know yet
        yield {"type": name}
        yield {"type": f"{name}.*"}


def _not_stored(messages: dict[str, Any], account: str | None) -> dict[str, Any]:
    """Leave out what is stored, and snapshot events whose thin twin is.

    A thin event of another account, or of another type, is no twin, whichever event it names.
    """
    events = conf.model("Event").objects.using(conf.database())
    stored = set(events.filter(pk__in=messages).values_list("pk", flat=True))
    named = events.filter(snapshot_event__in=messages, account=account)
    twins = set(named.values_list("snapshot_event", "kind"))
    return {
        key: message
        for key, message in messages.items()
        if key not in stored and (key, f"{TWIN_PREFIX}{message['type']}") not in twins
    }
