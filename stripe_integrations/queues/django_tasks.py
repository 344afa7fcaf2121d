"""Process events as Django's tasks: `QUEUE = "stripe_integrations.queues.django_tasks"`.

Django's framework tries nothing again: let cron run `stripe_replay`. Before Django 6 it is the
package `django-tasks`. Follows https://docs.djangoproject.com/en/stable/topics/tasks/.
"""

from __future__ import annotations

try:
    from django.tasks import task
except ImportError:
    from django_tasks import task  # type: ignore[no-redef, unused-ignore]

from stripe_integrations.queues import process


@task()
def process_event(event_id: str) -> None:
    """Run what is not done of a stored event."""
    process(event_id)


def enqueue(event_id: str) -> None:
    """Have an event processed by the default task backend. Raises what the backend raises."""
    process_event.enqueue(event_id)
