"""ATOMIC_REQUESTS does not reach our views: each class still commits before the next one runs."""

import pytest
from django.core.handlers.base import BaseHandler
from django.db import connections, transaction
from django.urls import reverse

from stripe_integrations import conf
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def atomic_requests(monkeypatch):
    monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)

    def ordinary(request):
        """Stand for any view of the project's."""

    assert BaseHandler().make_view_atomic(ordinary) is not ordinary


@pytest.fixture
def log(own_registry):
    """Say when two classes run and when their transactions are committed."""
    happened = []

    class Logging(BaseWebhook):
        abstract = True

        def process_webhook(self):
            word = type(self).__name__
            happened.append(word)
            transaction.on_commit(lambda: happened.append(f"{word} committed"))

    class First(Logging):
        name = "product"

    class Second(Logging):
        name = "product"

    return happened


IN_TURN = ["First", "First committed", "Second", "Second committed"]


def test_webhook_runs_outside_of_the_requests_transaction(poster, log):
    assert poster.event(objects.event("product.created", objects.product())) == 200
    assert log == IN_TURN


def test_processing_again_in_the_admin_runs_outside_of_the_requests_transaction(
    admin_client, deliver, log
):
    deliver(objects.event("product.created", objects.product(), id="evt_1"))
    conf.model("Event").objects.update(status="received", runs={})
    log.clear()
    options = conf.model("Event")._meta
    url = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    action = {"action": "process_again", "_selected_action": ["evt_1"]}
    assert admin_client.post(url, action).status_code == 302
    assert log == IN_TURN
