from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import IntegrityError

from stripe_integrations import conf, transactions
from stripe_integrations.actions import arguments
from stripe_integrations.dispatch import events
from stripe_integrations.inbox import payloads

if TYPE_CHECKING:
    from stripe_integrations.models import Event, StripeBaseEvent

EventRow = TypeVar("EventRow", bound="StripeBaseEvent")


class StripeEventAction:
    """Verbs on stored events. Follows https://docs.stripe.com/api/events."""

    @classmethod
    def add(
        cls,
        stripe_id: str,
        kind: str,
        livemode: bool | None,
        api_version: str | None,
        message: dict[str, Any],
        request: Any = None,
        pending_webhooks: int = 0,
    ) -> Event:
        """Store an event and return its row; an event that is there already is returned as it is.

        `message` is the whole event, or only the object that it is about; that is of unknown age.
        Nothing is processed: `StripeWebhook.process(event)` does that. Raises PayloadRefused for
        what cannot be stored, and TypeError for a message that is no object.
        """
        message = arguments.stripe_object(message)
        envelope = {
            "id": stripe_id,
            "object": "event",
            "api_version": api_version,
            "livemode": livemode,
            "pending_webhooks": pending_webhooks,
            "request": request,
            "type": kind,
        }
        if isinstance(message.get("data"), dict) and "type" in message:
            envelope = {**message, **envelope}
        else:
            envelope["data"] = {"object": message}
        payloads.check_storable(envelope)
        event = events.unsaved_event(envelope, payloads.serialize(envelope))
        using = conf.database()
        try:
            transactions.run_atomic(lambda: event.save(using=using, force_insert=True), using)
        except IntegrityError:
            stored = events.find_event(event.pk)
            if stored is None:
                raise
            return stored
        return event

    @classmethod
    def link_customer(cls, event: EventRow, customer: Any) -> EventRow:
        """Set the customer that an event is about, and return the event.

        A customer is passed as a row, an id, a local user, or None. Raises TypeError for anything
        else.
        """
        arguments.check_row("Event", event, "StripeEventAction.find(id) returns it")
        given = None if customer is None else arguments.customer(customer)
        event.customer_id = None if given is None else given.id
        if given and given.row is not None:
            event.customer = given.row  # type: ignore[assignment]  # or of a swapped model
        event.save(using=conf.database(), update_fields=["customer"])
        return event

    @classmethod
    def find(cls, stripe_id: str) -> Event | None:
        """Return the stored event with this id, or None."""
        return events.find_event(stripe_id)
