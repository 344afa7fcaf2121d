"""Events that never arrived, read from the API's list of events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from stripe_integrations import client, conf, event_types, payloads, registry
from stripe_integrations.actions.webhooks import StripeWebhook
from stripe_integrations.exceptions import WebhookFailed, WebhookRefused

#: Seconds that Stripe keeps events.
KEPT = 30 * 86_400
#: Seconds that are read again each time: an event may be listed late.
OVERLAP = 3600
#: Seconds of events that are listed at once, before the cursor moves on.
SLICE = 6 * 3600
#: Types that Stripe lets one ask for at once.
MAX_TYPES = 20


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


def slices(account: str | None, since: int | None = None) -> list[Slice]:
    """Return what is to be listed, oldest first: from the cursor, or `since`, a Unix time.

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
    found: int | None = cursors.filter(pk=account or "").values_list("read_to", flat=True).first()
    return found


def accounts() -> list[str | None]:
    """Return our own account and the connected ones that events came from."""
    seen = conf.model("Event").objects.using(conf.database()).exclude(account=None)
    return [None, *sorted(seen.order_by().values_list("account", flat=True).distinct())]


def catch_up(part: Slice) -> Counter[str]:
    """List a slice, store and process the events that are not stored, and move the cursor on.

    Returns how many were listed, missing, failed and refused. Raises stripe.StripeError.
    """
    found: Counter[str] = Counter()
    missing: dict[str, dict[str, Any]] = {}
    for filters in _filters():
        for page in client.pages("/v1/events", {**filters, **_span(part)}, account=part.account):
            messages = {message["id"]: message for message in page.data["data"]}
            found["listed"] += len(messages)
            missing.update(_not_stored(messages))
    in_order = list(missing.values())
    in_order.reverse()  # each question is answered newest first, also within a second
    in_order.sort(key=lambda message: int(message["created"]))
    for message in in_order:
        if registry.for_event(message["type"]):
            found["missing"] += 1
            found[_receive(message, part.account)] += 1
    known = read_to(part.account)
    # What lies between the cursor and a later `since` is not read: the cursor stays before that,
    # unless Stripe no longer keeps it.
    if known is None or (max(known, part.oldest) >= part.start and part.read_to > known):
        cursors = conf.model("EventCursor").objects.using(conf.database())
        cursors.update_or_create(pk=part.account or "", defaults={"read_to": part.read_to})
    return found


def _receive(message: dict[str, Any], account: str | None) -> str:
    if account is not None:
        message.setdefault("account", account)
    try:
        StripeWebhook.receive(payloads.check(message), payloads.serialize(message))
    except WebhookFailed:
        return "failed"
    except WebhookRefused:
        return "refused"
    return "received"


def _span(part: Slice) -> dict[str, Any]:
    return {"created": {"gte": part.start, **({} if part.end is None else {"lt": part.end})}}


def _filters() -> Iterator[dict[str, Any]]:
    """Return the questions that together list every event that some class waits for."""
    names = {name for webhook in registry.registered() for name in registry.names(webhook)}
    types = event_types.known()
    if "*" in names or not types:
        yield {}
        return
    wanted = sorted(names & types)
    for start in range(0, len(wanted), MAX_TYPES):
        yield {"types": wanted[start : start + MAX_TYPES]}
    for name in sorted(names - types):  # a prefix, or what the installed SDK does not know yet
        yield {"type": name}
        yield {"type": f"{name}.*"}


def _not_stored(messages: dict[str, Any]) -> dict[str, Any]:
    events = conf.model("Event").objects.using(conf.database())
    stored = set(events.filter(pk__in=messages).values_list("pk", flat=True))
    return {key: message for key, message in messages.items() if key not in stored}
