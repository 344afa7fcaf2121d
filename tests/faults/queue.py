"""The package's own queue, with the Celery app of the workers."""

from stripe_integrations.queues.celery import enqueue, enqueue_window
from tests.faults import workers  # noqa: F401 - sets the default app

__all__ = ["enqueue", "enqueue_window"]
