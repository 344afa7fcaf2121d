"""Return the Stripe event in the envelope of an event bus. Pure functions."""

from __future__ import annotations

from typing import Any

from stripe_integrations.exceptions import PayloadRefused
from stripe_integrations.inbox import payloads
from stripe_integrations.thin_events import OBJECT

#: The source of every event of Stripe's on EventBridge; a destination's id may follow it. Nobody
#: but AWS and its partners can send events whose source begins with `aws.`.
SOURCE = "aws.partner/stripe.com"
#: What `object` is of an event, snapshot or thin.
EVENT_OBJECTS = ("event", OBJECT)
#: The type of the event by which Event Grid asks whether an address takes its events.
VALIDATION = "Microsoft.EventGrid.SubscriptionValidationEvent"
#: Characters of the longest code that is sent back to Event Grid.
MAX_CODE = 200


def event_in(envelope: Any) -> dict[str, Any]:
    """Return the event in an envelope, checked as one that can be stored.

    The envelope is that of an Amazon EventBridge event, a CloudEvent 1.0, or an event in the schema
    of Azure Event Grid. Raises PayloadRefused. Follows
    https://docs.stripe.com/event-destinations/eventbridge and
    https://docs.stripe.com/event-destinations/eventgrid.
    """
    if not isinstance(envelope, dict):
        raise PayloadRefused("The envelope is not a JSON object.")
    if "detail-type" in envelope and "detail" in envelope:
        source = envelope.get("source")
        if not (isinstance(source, str) and (source == SOURCE or source.startswith(f"{SOURCE}/"))):
            raise PayloadRefused(f"The envelope is not Stripe's: its source is not {SOURCE}/….")
        message = envelope["detail"]
    elif "data" in envelope and (envelope.get("specversion") == "1.0" or "eventType" in envelope):
        message = envelope["data"]
    else:
        raise PayloadRefused(
            "There is no envelope: pass what EventBridge or Event Grid sends as it is, without an "
            "input transformer."
        )
    checked = payloads.check(message)
    if checked.get("object") not in EVENT_OBJECTS:
        raise PayloadRefused("The envelope holds something else than an event of Stripe's.")
    return checked


def validation_code(envelopes: list[Any]) -> str:
    """Return the code that Event Grid wants back. Raises PayloadRefused if there is none.

    Follows https://learn.microsoft.com/azure/event-grid/end-point-validation-event-grid-events-schema.
    """
    first = envelopes[0] if len(envelopes) == 1 and isinstance(envelopes[0], dict) else {}
    data = first.get("data") if first.get("eventType") == VALIDATION else None
    code = data.get("validationCode") if isinstance(data, dict) else None
    if not (isinstance(code, str) and 0 < len(code) <= MAX_CODE):
        raise PayloadRefused("The validation of the subscription has no code.")
    return code
