"""What posts signed events: Django's test client, and a client of any URL."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from stripe_integrations import conf, kinds
from stripe_integrations.testing import StripeWebhookClient, WebhookURL, objects
from tests import endpoints

pytestmark = pytest.mark.django_db(transaction=True)


def test_object_of_each_kind_arrives(stripe_webhooks):
    built = {name: objects.build(name) for name, kind in kinds.MIRRORED.items() if not kind.is_part}
    for name, data in built.items():
        verb = "created" if name != "file" else "updated"
        assert stripe_webhooks.event(f"{objects.prefix(name)}.{verb}", data).status_code == 200
    for name, data in built.items():
        row = conf.model(kinds.MIRRORED[name].model).objects.get()
        assert row.pk == data["id"]


def test_event_without_an_object_is_about_an_example(stripe_webhooks):
    response = stripe_webhooks.event("customer.subscription.updated", created=objects.NOW + 60)
    assert response.json() == {"received": True}
    assert conf.model("Subscription").objects.get().customer_id == "cus_1"


def test_signature_of_another_time_or_secret_is_refused(stripe_webhooks):
    event = objects.event("product.created")
    assert stripe_webhooks.send(event, timestamp=objects.NOW).status_code == 400
    assert StripeWebhookClient(secret="whsec_other").send(event).status_code == 400
    assert stripe_webhooks.send(event).status_code == 200


def test_path_and_secret_may_be_those_of_an_endpoint():
    row = endpoints.endpoint()
    client = StripeWebhookClient(endpoints.path(row), endpoints.SECRET)
    assert client.event("product.created").status_code == 200
    assert conf.model("Event").objects.get().type == "product.created"


def test_project_without_a_secret_or_a_route_is_told(settings, stripe_webhooks):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "WEBHOOK_SECRET": []}
    with pytest.raises(ImproperlyConfigured, match="set WEBHOOK_SECRET"):
        stripe_webhooks.event("product.created")
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "WEBHOOK_SECRET": "whsec_1"}
    settings.ROOT_URLCONF = ()
    with pytest.raises(ImproperlyConfigured, match="register it on a router"):
        stripe_webhooks.event("product.created")


def test_url_takes_signed_events(live_server):
    url = f"{live_server.url}/stripe/webhook"
    answers = [
        WebhookURL(url, secret).send(objects.event("product.created"))
        for secret in ("whsec_test", "whsec_other")
    ]
    assert [each.status_code for each in answers] == [200, 400]
    assert answers[0].content == b'{"received":true}'
