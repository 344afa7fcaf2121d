"""Process events in Celery workers: `QUEUE = "stripe_integrations.queues.celery"`.

The task is tried again with growing pauses when a class raises, and delivered again when its
worker dies. Each worker looks once a minute for events whose message was lost; no cron is needed
for that. Follows https://docs.celeryq.dev/en/stable/userguide/tasks.html.

Install the client of your broker along with Celery: `celery[redis]` for Redis, `celery[sqs]` for
SQS; that of RabbitMQ (amqp) comes with Celery. A system check says if it is missing.
"""

from __future__ import annotations

from typing import Any

from celery import bootsteps, current_app, shared_task, signals

from stripe_integrations import counters
from stripe_integrations.exceptions import WebhookRefused
from stripe_integrations.operations import queued_backfill
from stripe_integrations.queues import eventbridge, lost, process

#: Seconds after which a task gets an exception, and then is killed.
SOFT_TIME_LIMIT = 240
TIME_LIMIT = 300
#: Attempts after the first; with random pauses of up to ten minutes, about half a day.
MAX_RETRIES = 150
#: A task that is given to another worker if one dies with it, and tried again if it fails.
UNTIL_DONE: dict[str, Any] = {
    "acks_late": True,
    "reject_on_worker_lost": True,
    "ignore_result": True,
    "autoretry_for": (Exception,),
    "max_retries": MAX_RETRIES,
    "retry_backoff": 1,
    "retry_backoff_max": 600,
    "retry_jitter": True,
}


@shared_task(
    name="stripe_integrations.process_event",
    **UNTIL_DONE,
    soft_time_limit=SOFT_TIME_LIMIT,
    time_limit=TIME_LIMIT,
)
def process_event(event_id: str) -> None:
    """Run the classes of a stored event that are not done."""
    process(event_id)


@shared_task(
    name="stripe_integrations.read_window",
    **UNTIL_DONE,
)
def read_window(window_id: int) -> None:
    """Read a part of what `stripe_sync --queue` has to read."""
    queued_backfill.read_part(window_id, enqueue_window)


@shared_task(
    name="stripe_integrations.accept_from_bus",
    **UNTIL_DONE,
    dont_autoretry_for=(WebhookRefused,),
    soft_time_limit=SOFT_TIME_LIMIT,
    time_limit=TIME_LIMIT,
)
def accept_from_bus(envelope: dict[str, Any]) -> None:
    """Take the envelope of an event bus; one without an event is not tried again."""
    eventbridge.accept_envelope(envelope)


@shared_task(
    name="stripe_integrations.search_lost_events",
    ignore_result=True,
    soft_time_limit=SOFT_TIME_LIMIT,
    time_limit=TIME_LIMIT,
)
def search_lost_events() -> None:
    """Enqueue events and windows again whose message was lost, or whose worker died."""
    lost.search_events(enqueue)
    queued_backfill.search_lost(enqueue_window)


class SearchesLostEvents(bootsteps.StartStopStep):
    """The part of a worker that starts that task when it has connected, and each minute then."""

    requires = ("celery.worker.consumer.tasks:Tasks",)
    timer: Any = None

    def start(self, c: Any) -> None:
        c.timer.call_after(0, _send_search, (c.app,))
        self.timer = c.timer.call_repeatedly(lost.INTERVAL, _send_search, (c.app,))

    def stop(self, c: Any) -> None:
        if self.timer is not None:
            self.timer.cancel()


def _send_search(app: Any) -> None:
    """Send the task to the queue of events; it expires when the next one is sent."""
    app.send_task(
        search_lost_events.name,
        route_name=process_event.name,
        expires=lost.INTERVAL,
        ignore_result=True,
        retry=False,
    )


@signals.worker_init.connect
def add_step(sender: Any, **_kwargs: Any) -> None:
    """Let a worker that starts search, too."""
    sender.app.steps["consumer"].add(SearchesLostEvents)


@signals.worker_process_shutdown.connect
def write_counts(**_kwargs: Any) -> None:
    """Write what a worker's process has counted, which ends without Python's `atexit`."""
    counters.flush()


def import_broker_client() -> None:
    """Import what the Celery app connects to its broker with; it connects to nothing.

    Raises ImportError where that is not installed, or where Celery knows no such broker.
    """
    try:
        _ = current_app.connection_for_write().transport
    except (AttributeError, KeyError) as error:  # kombu without redis; an unknown broker
        raise ImportError(*error.args) from error


def broker() -> str:
    """Return the scheme of the broker's URL, such as redis; the rest may hold a password."""
    url = current_app.conf.broker_write_url or "amqp"
    first = url if isinstance(url, str) else next(iter(url))
    return str(first).partition(":")[0]


def enqueue(event_id: str) -> None:
    """Have an event processed by a worker. Raises what the broker's client raises."""
    process_event.delay(event_id)


def enqueue_window(window_id: int) -> None:
    """Have a part of a backfill read by a worker. Raises what the broker's client raises."""
    read_window.delay(window_id)
