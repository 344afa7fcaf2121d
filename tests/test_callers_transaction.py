"""An event is not processed in a transaction that could undo what is kept of it."""

import pytest
from django.db import connections, transaction
from django.http import HttpResponse
from django.test import Client, TestCase
from django.urls import path
from django.utils.decorators import method_decorator
from rest_framework import viewsets

from stripe_integrations import conf
from stripe_integrations.actions import StripeProduct, StripeWebhook
from stripe_integrations.exceptions import WebhookFailed
from stripe_integrations.testing import objects


def message(id="evt_1"):
    return objects.event("product.created", objects.product(), id=id)


def states():
    return dict(conf.model("Event").objects.values_list("pk", "status"))


def process(request):
    """Process an event, as a view of a project's own does."""
    try:
        StripeWebhook.process_webhook(message(), verified=True)
    except WebhookFailed:
        return HttpResponse(status=500)
    return HttpResponse()


class AtomicViewSet(viewsets.GenericViewSet):
    """A view set of a project's own, as docs/webhooks.rst has it."""

    def create(self, request):
        """Process an event."""
        return process(request)


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class NonAtomicViewSet(AtomicViewSet):
    """The same, told apart from ATOMIC_REQUESTS."""


urlpatterns = [
    path("atomic", AtomicViewSet.as_view({"post": "create"})),
    path("non_atomic", NonAtomicViewSet.as_view({"post": "create"})),
]


@pytest.mark.django_db(transaction=True)
class TestRefused:
    def test_in_an_atomic_block_it_is_refused_and_says_what_to_do(self):
        with pytest.raises(RuntimeError, match="non_atomic_requests"), transaction.atomic():
            StripeWebhook.process_webhook(message(), verified=True)
        assert states() == {}

    def test_stored_event_in_an_atomic_block_is_refused(self, deliver):
        deliver(message())
        event = conf.model("Event").objects.get()
        with pytest.raises(RuntimeError, match="non_atomic_requests"), transaction.atomic():
            StripeWebhook.process(event)

    def test_with_autocommit_off_it_is_refused(self):
        transaction.set_autocommit(False)
        try:
            with pytest.raises(RuntimeError, match="non_atomic_requests"):
                StripeWebhook.process_webhook(message(), verified=True)
        finally:
            transaction.rollback()
            transaction.set_autocommit(True)
        assert states() == {}

    def test_view_under_atomic_requests_is_refused(self, settings, monkeypatch):
        settings.ROOT_URLCONF = __name__
        monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)
        with pytest.raises(RuntimeError, match="non_atomic_requests"):
            Client().post("/atomic")

    def test_view_that_is_not_atomic_keeps_the_event_of_a_failing_class(
        self, settings, monkeypatch, failing
    ):
        settings.ROOT_URLCONF = __name__
        monkeypatch.setitem(connections.settings["default"], "ATOMIC_REQUESTS", True)
        assert Client().post("/non_atomic").status_code == 500
        assert states() == {"evt_1": "failed"}


@pytest.mark.django_db(transaction=True)
def test_action_in_an_atomic_block_is_the_callers():
    with transaction.atomic():
        StripeProduct.sync(objects.product())
        transaction.set_rollback(True)
    assert not conf.model("Product").objects.exists()
    with transaction.atomic():
        StripeProduct.sync(objects.product())
    assert conf.model("Product").objects.exists()


class TestOfAProject(TestCase):
    """Runs in a transaction of Django's TestCase, which is none of the caller's."""

    def test_event_is_processed(self):
        StripeWebhook.process_webhook(message(), verified=True)
        assert states() == {"evt_1": "processed"}

    def test_view_is_called(self):
        with self.settings(ROOT_URLCONF=__name__):
            assert self.client.post("/atomic").status_code == 200
        assert states() == {"evt_1": "processed"}

    def test_in_an_atomic_block_of_the_test_it_is_refused(self):
        with self.assertRaisesMessage(RuntimeError, "non_atomic_requests"), transaction.atomic():
            StripeWebhook.process_webhook(message(), verified=True)
