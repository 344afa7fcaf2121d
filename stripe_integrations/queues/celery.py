"""Process events in Celery workers: `QUEUE = "stripe_integrations.queues.celery"`.

The task is tried again with growing pauses when a class raises, and delivered again when its
worker dies. Follows https://docs.celeryq.dev/en/stable/userguide/tasks.html.
"""

from __future__ import annotations

from celery import shared_task

from stripe_integrations.queues import process

#: Seconds: a task that takes longer is told so by an exception, and then ended.
SOFT_TIME_LIMIT = 240
TIME_LIMIT = 300
#: Attempts after the first; with pauses that double up to ten minutes, about a day.
MAX_RETRIES = 150


@shared_task(
    name="stripe_integrations.process_event",
    acks_late=True,
    reject_on_worker_lost=True,
    ignore_result=True,
    autoretry_for=(Exception,),
    max_retries=MAX_RETRIES,
    retry_backoff=1,
    retry_backoff_max=600,
    retry_jitter=True,
    soft_time_limit=SOFT_TIME_LIMIT,
    time_limit=TIME_LIMIT,
)
def process_event(event_id: str) -> None:
    """Run what is not done of a stored event."""
    process(event_id)


def enqueue(event_id: str) -> None:
    """Have an event processed by a worker. Raises what the broker's client raises."""
    process_event.delay(event_id)
