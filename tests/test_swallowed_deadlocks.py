"""A class catches a deadlock of raw SQL, by which the server has undone all its transaction."""

import contextlib
import threading
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import OperationalError, connection, transaction

from stripe_integrations import conf
from stripe_integrations.actions import StripeWebhook
from stripe_integrations.exceptions import WebhookFailed
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook
from stripe_integrations.webhooks.products import ProductCreatedWebhook

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="SQLite has one writer, and no deadlocks."
    ),
]

TABLE = get_user_model()._meta.db_table
NAMES = ("a", "b")


@pytest.fixture(params=["alone", "with_ours"])
def deadlocked(request, own_registry):
    """A class that meets a deadlock at its first two runs, and catches it."""

    def update(name, cursor):
        cursor.execute(f"UPDATE {TABLE} SET last_name = 'x' WHERE username = %s", [name])

    class Crossing:
        together = threading.Barrier(2, timeout=10)
        caught = 0
        runs = 0

        def cross(self, first, second):
            with connection.cursor() as cursor:
                update(first, cursor)
                if Crossing.together is not None:
                    with contextlib.suppress(threading.BrokenBarrierError):
                        Crossing.together.wait()
                try:
                    update(second, cursor)
                except OperationalError:
                    Crossing.caught += 1

        def process_webhook(self):
            Crossing.runs += 1
            Group.objects.create(name=self.event.pk)
            self.cross(*(NAMES if self.event.pk.endswith("1") else reversed(NAMES)))

    if request.param == "alone":

        class Alone(Crossing, BaseWebhook):
            name = "product"
    else:

        class InPlaceOfOurs(Crossing, ProductCreatedWebhook):
            """Runs in the transaction that stores the event."""

            def process_webhook(self):
                super().process_webhook()
                ProductCreatedWebhook.process_webhook(self)

    return Crossing


def test_deadlock_is_caught_by_a_class_it_is_not_done_without_its_effect(deadlocked):
    for name in NAMES:
        get_user_model().objects.create(username=name)
    messages = {
        id: objects.event("product.created", objects.product(f"prod_{id}"), id=id)
        for id in (f"evt_{uuid.uuid4().hex}_{n}" for n in (1, 2))  # ids of a deleted row are locked
    }
    answers = {}

    def post(id):
        try:
            StripeWebhook.process_webhook(messages[id], verified=True)
            answers[id] = 200
        except WebhookFailed:
            answers[id] = 500
        finally:
            connection.close()

    threads = [threading.Thread(target=post, args=[id]) for id in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert deadlocked.caught >= 1
    for id, status in answers.items():
        event = conf.model("Event").objects.get(pk=id)
        done = Group.objects.filter(name=id).count()
        assert (event.status, done) == (("processed", 1) if status == 200 else ("failed", 0))
    assert 500 in answers.values()
    deadlocked.together = None
    for id in messages:
        StripeWebhook.process_webhook(messages[id], verified=True)
        assert conf.model("Event").objects.get(pk=id).status == "processed"
        assert Group.objects.filter(name=id).count() == 1


def test_error_that_a_savepoint_undoes_is_the_classs_own_business(deliver, own_registry):
    class Careful(BaseWebhook):
        name = "product"

        def process_webhook(self):
            Group.objects.create(name="effect")
            with contextlib.suppress(Exception), transaction.atomic():
                connection.cursor().execute("SELECT nonsense")

    deliver(objects.event("product.created", objects.product(), id="evt_1"))
    assert conf.model("Event").objects.get().status == "processed"
    assert Group.objects.filter(name="effect").count() == 1
