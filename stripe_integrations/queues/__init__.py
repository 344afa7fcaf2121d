"""Queues of events. Each module has a function `enqueue(event_id)`.

One that also has `enqueue_window(window_id)` takes the backfills of `stripe_sync --queue`; its task
calls `operations.queued_backfill.read_part`. `eventbridge` is none: it takes events in.
"""

from __future__ import annotations

import time

from stripe_integrations import counters
from stripe_integrations.actions import StripeEventAction, StripeWebhook
from stripe_integrations.choices import EventStatus


def process(event_id: str) -> None:
    """Run the classes of a stored event that are not done; nothing if it is gone.

    Raises WebhookFailed when a class raised.
    """
    event = StripeEventAction.find(event_id)
    if event is None:
        return
    state = EventStatus.FAILED.value
    try:
        state = StripeWebhook.process(event).status
    finally:
        counters.events.append((time.time(), state, None))
        counters.flush_if_due()
