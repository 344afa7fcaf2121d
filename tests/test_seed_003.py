"""The hand-written viewset of seed document 003, as printed, in a project with its names."""

import json

import pytest

from tests.fake_stripe import FakeStripe
from tests.project import SETTINGS, Project

FILES = {
    "urls.py": """
        from django.urls import include, path
        from rest_framework.routers import DefaultRouter

        from payments.apis import StripeWebhookViewSet

        default_router = DefaultRouter(trailing_slash=False)
        default_router.register(
            "stripe/webhook", StripeWebhookViewSet, basename="stripe-webhook"
        )
        urlpatterns = [path("", include(default_router.urls))]
    """,
    "payments/__init__.py": "",
    "payments/apis.py": """
        from django.http import Http404
        from rest_framework import viewsets
        from rest_framework.permissions import AllowAny

        from stripe_integrations.actions import StripeWebhook

        from project.base import response
        from payment.models import Event


        class StripeWebhookViewSet(viewsets.GenericViewSet):
            EVENT_MODEL = Event

            # Check the webhook signatures
            # Ref: https://stripe.com/docs/webhooks/signatures

            def create(self, request, *args, **kwargs):
                try:
                    event_data = request.data
                    StripeWebhook.process_webhook(event_data)
                except Http404 as e:
                    raise e
                return response.Ok({"success": True})
    """,
    "project/__init__.py": "",
    "project/base/__init__.py": "",
    "project/base/response.py": """
        from rest_framework.response import Response as Ok
    """,
    "payment/__init__.py": "",
    "payment/models.py": """
        from stripe_integrations.models import StripeBaseEvent


        class Event(StripeBaseEvent):
            pass
    """,
    "app/__init__.py": """
        import importlib

        importlib.import_module("app.webhooks.products")
    """,
    "app/webhooks/__init__.py": "",
    "app/webhooks/products.py": """
        # Stripe Integrations Stuff
        from stripe_integrations.actions import StripeProduct
        from stripe_integrations.webhooks.base import BaseWebhook


        class ProductCreateWebhook(BaseWebhook):
            name = "product.created"
            description = "Occurs whenever a new product is created."

            def process_webhook(self):
                StripeProduct.sync(self.event.message["data"]["object"])
    """,
}

ASK = """
from payment.models import Event
from stripe_integrations.models import Product
answer_of_ask = [
    list(Product.objects.values_list("name", "version")),
    list(Event.objects.values_list("status", flat=True)),
    [sorted(key.partition(":")[0] for key in event.runs) for event in Event.objects.all()],
]
"""

RAN = [
    "app.webhooks.products.ProductCreateWebhook",
    "stripe_integrations.webhooks.products.ProductCreatedWebhook",
]


@pytest.fixture
def fake():
    with FakeStripe() as running:
        yield running


@pytest.fixture
def project(tmp_path, fake):
    settings = f"""{SETTINGS}
INSTALLED_APPS += ["payment", "app"]
STRIPE_EVENT_MODEL = "payment.Event"
STRIPE_INTEGRATIONS = {{"API_KEY": "sk_test_1", "API_BASE": "{fake.url}"}}
"""
    return Project(tmp_path, {"settings.py": settings, **FILES})


@pytest.fixture
def told(fake):
    """An event that Stripe's API has."""
    fake.create("products", {"id": "prod_1", "name": "Gold"})
    (message,) = fake.events.values()
    return message


def request(message):
    return ["POST", "/stripe/webhook", json.dumps(message), {}]


def test_event_that_stripe_confirms(project, fake, told):
    payload = {**told, "data": {"object": {**told["data"]["object"], "name": "Forged"}}}
    statuses, answer = project.post([request(payload), request(payload)], ASK)
    assert statuses == [200, 200]
    # What was read from the API is processed, not what was posted.
    assert answer == [[["Gold", 1]], ["processed"], [RAN]]
    assert [each[1] for each in fake.requests] == [f"/v1/events/{told['id']}"]


FORGED = [
    {"id": "evt_unknown"},
    {"id": "../customers"},
    {"id": "evt_1/../../customers"},
    {"type": "product.deleted"},
    {"created": 5},
    {"livemode": True},
    {"account": "acct_other/../x"},
    {"data": {"object": {"id": "prod_2", "object": "product"}}},
    {"data": None},
    {"id": None},
    {"type": None},
]


def test_payloads_that_stripe_does_not_confirm(project, told):
    statuses, answer = project.post([request({**told, **forged}) for forged in FORGED], ASK)
    assert statuses == [400] * len(FORGED)
    assert answer == [[], [], []]


@pytest.mark.parametrize("down", [401, 429])
def test_api_that_does_not_answer(project, fake, told, down):
    fake.down = down
    assert project.post([request(told)], ASK) == [[400], [[], [], []]]


def test_what_is_no_event(project):
    bodies = ["[]", "5", "null", "{}", "no json", '{"id": "evt_1", "type": "a", "n": NaN}']
    statuses, _ = project.post([["POST", "/stripe/webhook", body, {}] for body in bodies])
    assert statuses == [400] * len(bodies)
