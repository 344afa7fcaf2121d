from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from stripe_integrations import client, conf, transactions
from stripe_integrations.actions import arguments
from stripe_integrations.dispatch import events, registry, run
from stripe_integrations.inbox import payloads, receive
from stripe_integrations.inbox.confirmation import confirmed

if TYPE_CHECKING:
    from stripe_integrations.models import Event, StripeBaseEvent

EventRow = TypeVar("EventRow", bound="StripeBaseEvent")


class StripeWebhook:
    """Store events and run the webhook classes that are registered for them.

    Each class takes effect once per event, in a transaction of its own, over duplicates, retries
    and concurrent deliveries. Follows https://docs.stripe.com/webhooks.
    """

    @classmethod
    def process_webhook(cls, event_data: dict[str, Any], *, verified: bool = False) -> Event:
        """Process a parsed payload and return the event's row.

        Unless the caller has verified the signature and says so, the payload is not trusted: an
        event not stored yet is read from Stripe's API, and that is processed. Raises
        PayloadRefused, PayloadNotConfirmed, or WebhookFailed when a class raised; RuntimeError in
        a transaction of the caller's, where a failed event could not be kept, unless a queue takes
        the event.
        """
        if conf.get("QUEUE") is None:
            transactions.refuse_callers(*conf.class_databases())
        message = payloads.check(client.plain(event_data))
        if verified:
            return receive.accept(message, payloads.serialize(message))
        stored = events.find_event(message["id"])
        if stored is not None:
            return run.hand_over(stored)
        answer = confirmed(message)
        return receive.accept(answer.data, payloads.serialize(answer.data), as_of=answer.as_of)

    @classmethod
    def process(cls, event: EventRow, *, rerun: registry.WebhookClass | None = None) -> EventRow:
        """Run the classes of a stored event that are not done, and return its row.

        The class `rerun` runs even if it is done. Raises WebhookFailed when a class raised that is
        not given up yet (`GIVE_UP_AFTER`), RuntimeError inside a transaction of the caller's, and
        TypeError for what is no row.
        """
        arguments.check_row("Event", event, "StripeEventAction.find(id) returns it")
        transactions.refuse_callers(*conf.class_databases())
        return run.run_classes(event, rerun=rerun)
