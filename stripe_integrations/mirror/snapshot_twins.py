"""The object of a thin event as the snapshot event of the same change carries it."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import stripe

from stripe_integrations import client, conf, kinds, storable, thin_events
from stripe_integrations.mirror.snapshots import NOTHING, Snapshot, from_event

if TYPE_CHECKING:
    from stripe_integrations.models import StripeBaseEvent

logger = logging.getLogger("stripe_integrations")


def read(event: StripeBaseEvent) -> Snapshot | None:
    """Read the snapshot event that a thin event names, with a short timeout, and return its object.

    The object has that event's time, verb and `previous_attributes`. Returns None without an
    answer, and `NOTHING` where Stripe has no such event, or one of something else.
    """
    twin_id = event.snapshot_event or ""
    if not storable.EVENT_ID.fullmatch(twin_id):
        return NOTHING
    try:
        answer = client.find_object(client.resource_path("events", twin_id), account=event.account)
    except stripe.StripeError as error:
        logger.warning("%s could not be read from Stripe's API: %s.", twin_id, type(error).__name__)
        return None
    data = _object(answer.data, event)
    kind = kinds.of(data["object"]) if data else None
    if kind is None:
        return NOTHING
    twin = conf.model("Event")(
        id=twin_id,
        kind=answer.data["type"],
        body=json.dumps(answer.data),
        account=event.account,
        livemode=event.livemode,
        as_of=answer.as_of,
    )
    return from_event(twin, data, kind, conf.get("CLOCK_GUARD"))


def _object(message: dict[str, Any], event: StripeBaseEvent) -> dict[str, Any]:
    """Return the object of an answer, an empty one if that is no twin of the event.

    What is read with the key of an account may leave out that account.
    """
    content = message.get("data")
    found = content.get("object") if isinstance(content, dict) else None
    is_twin = (
        message.get("id") == event.snapshot_event
        and message.get("type") == event.kind.removeprefix(thin_events.TWIN_PREFIX)
        and message.get("account") in (None, event.account)
        and event.livemode in (None, message.get("livemode"))
    )
    if not (is_twin and isinstance(found, dict) and isinstance(found.get("object"), str)):
        return {}
    is_same = event.object_id in ("", found.get("id"))
    return found if is_same and not storable.is_deeper_than(found, storable.MAX_DEPTH) else {}
