"""The Celery app of the workers that are killed."""

import os

import celery

app = celery.Celery("faults")
app.conf.update(
    broker_url=os.environ.get("FAULTS_BROKER", "memory://"),
    task_default_queue=os.environ.get("FAULTS_QUEUE_NAME", "celery"),
    # Seconds after which Redis gives away what a dead worker had taken; the default is an hour.
    broker_transport_options={
        "visibility_timeout": 5,
        "global_keyprefix": os.environ.get("FAULTS_KEYS", "faults_"),
    },
    broker_connection_retry_on_startup=True,
    worker_prefetch_multiplier=1,
)
app.set_default()


def setup():
    import django

    django.setup()


if os.environ.get("FAULTS_WORKER"):
    setup()
