"""Take events that Stripe sends to Amazon EventBridge or Azure Event Grid, from any consumer.

::

    def handler(sqs_event, context):  # AWS Lambda behind an SQS queue
        for record in sqs_event["Records"]:
            accept_envelope(json.loads(record["body"]))

This is a way in, not a `QUEUE`. Over HTTP it is `event_bus.StripeEventBusViewSet`; as a task of
Celery's, `queues.celery.accept_from_bus`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_integrations.actions import StripeWebhook
from stripe_integrations.inbox import envelopes

if TYPE_CHECKING:
    from stripe_integrations.models import Event


def accept_envelope(envelope: dict[str, Any]) -> Event:
    """Store the event in an envelope, process it or let the queue do so, and return its row.

    The envelope is trusted: pass what the project's own bus has sent. It may be passed again.
    Raises PayloadRefused for one without an event, which will not get better; WebhookFailed when a
    class raised, what the queue's broker or the database raises, and RuntimeError in a transaction
    of the caller's: then pass it again. Follows
    https://docs.stripe.com/event-destinations/eventbridge.
    """
    return StripeWebhook.process_webhook(envelopes.event_in(envelope), verified=True)
