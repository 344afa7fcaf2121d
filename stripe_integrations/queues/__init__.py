"""Where events wait for a worker; each module is one function, `enqueue(event_id)`."""

from __future__ import annotations

from stripe_integrations.actions import StripeEventAction, StripeWebhook


def process(event_id: str) -> None:
    """Run what is not done of a stored event; one that is gone needs nothing.

    Raises WebhookFailed when a class raised.
    """
    event = StripeEventAction.find(event_id)
    if event is not None:
        StripeWebhook.process(event)
