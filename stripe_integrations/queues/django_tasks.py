"""Process events as Django's tasks: `QUEUE = "stripe_integrations.queues.django_tasks"`.

Django's tasks are not retried: let cron run `stripe_replay` for events that failed. A worker looks
for lost events once a minute, from its first task on. Before Django 6, install the package
`django-tasks`. Follows https://docs.djangoproject.com/en/stable/topics/tasks/.
"""

from __future__ import annotations

try:
    from django.tasks import task
    from django.tasks.backends.immediate import ImmediateBackend
except ImportError:
    from django_tasks import task  # type: ignore[no-redef, unused-ignore]
    from django_tasks.backends.immediate import (  # type: ignore[assignment, no-redef, unused-ignore]
        ImmediateBackend,
    )

from stripe_integrations.operations import queued_backfill
from stripe_integrations.queues import lost, process


@task()
def process_event(event_id: str) -> None:
    """Run the classes of a stored event that are not done, and look for what was lost."""
    try:
        process(event_id)
    finally:
        _look_for_lost()


@task()
def read_window(window_id: int) -> None:
    """Read a part of what `stripe_sync --queue` has to read, and look for lost windows."""
    try:
        queued_backfill.read_part(window_id, enqueue_window)
    finally:
        _look_for_lost()


def _look_for_lost() -> None:
    """Search now, and each minute from now on if this process is a worker."""
    _search()
    # That one runs tasks in the process that enqueues them.
    if not isinstance(process_event.get_backend(), ImmediateBackend):
        _timer.start()


def _search() -> None:
    lost.search_now_and_then(enqueue)
    lost.search_now_and_then(enqueue_window, queued_backfill.search_lost)


_timer = lost.SearchTimer(_search)


def enqueue_window(window_id: int) -> None:
    """Have a part of a backfill read by a worker. Raises what the backend raises."""
    read_window.enqueue(window_id)


def enqueue(event_id: str) -> None:
    """Have an event processed by the default task backend. Raises what the backend raises."""
    process_event.enqueue(event_id)
