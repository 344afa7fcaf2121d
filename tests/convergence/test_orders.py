"""What today's libraries get wrong: events of one second, in every order."""

import itertools

import pytest

from stripe_integrations import conf
from stripe_integrations.actions import StripeProduct
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook
from tests.large_tables import a_third

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def second(stripe_api):
    """Let things happen to an object within one second, and return their events."""

    def happen(resource, verbs, **first):
        made = stripe_api.create(resource, {"id": "x", **first})
        for number, verb in enumerate(verbs):
            if verb == "change":
                stripe_api.change(resource, made["id"], {"metadata": {"n": str(number)}})
            elif verb == "back":
                stripe_api.change(resource, made["id"], {"metadata": {"n": ""}})
            elif verb == "delete":
                stripe_api.delete(resource, made["id"])
            else:
                stripe_api.create(resource, {"id": "x", **first})
        return list(stripe_api.events.values())

    stripe_api.clock = objects.NOW
    return happen


def without_previous(message):
    return {**message, "data": {"object": message["data"]["object"]}}


def numbered(messages, number):
    return [{**message, "id": f"{message['id']}_{number}"} for message in messages]


def orders(messages):
    return a_third(itertools.permutations(messages), first=1)


def final_state(stripe_api, resource, model):
    row = conf.model(model).objects.get()
    assert not row.in_doubt
    return (None if row.is_deleted else row.stripe_data), stripe_api.objects[resource].get("x")


@pytest.mark.parametrize("shape", [lambda message: message, without_previous])
@pytest.mark.parametrize(
    ("resource", "model", "verbs"),
    [
        ("products", "Product", ["change", "change", "change"]),
        ("products", "Product", ["change", "back", "change"]),
        ("coupons", "Coupon", ["change", "back"]),
        ("coupons", "Coupon", ["change", "delete"]),
        ("coupons", "Coupon", ["delete", "create", "change"]),
        ("customers", "Customer", ["change", "change", "delete"]),
        ("prices", "Price", ["change", "change", "back"]),
    ],
)
def test_every_order_ends_as_stripes_state(
    second, stripe_api, deliver, resource, model, verbs, shape
):
    messages = [shape(message) for message in second(resource, verbs)]
    for number, order in enumerate(orders(messages)):
        conf.model(model).objects.all().delete()
        deliver(*numbered(order, number))
        mirrored, at_stripe = final_state(stripe_api, resource, model)
        assert mirrored == at_stripe, [message["type"] for message in order]


def test_in_their_order_they_need_no_read(second, stripe_api, deliver):
    deliver(*second("products", ["change", "change", "change"]))
    mirrored, at_stripe = final_state(stripe_api, "products", "Product")
    assert (mirrored, stripe_api.requests) == (at_stripe, [])


@pytest.mark.parametrize(
    ("resource", "model"),
    [("products", "Product"), ("coupons", "Coupon"), ("customers", "Customer")],
)
def test_late_older_update_of_what_is_deleted_is_skipped(stripe_api, deliver, resource, model):
    stripe_api.clock = objects.NOW - 100
    stripe_api.create(resource, {"id": "x", "metadata": {"kept": "1"}})
    stripe_api.clock += 10
    stripe_api.change(resource, "x", {"metadata": {"n": "1"}})
    stripe_api.clock += 10
    stripe_api.delete(resource, "x")
    created, updated, deleted = stripe_api.events.values()
    deliver(created, deleted, updated)
    row = conf.model(model).objects.get()
    assert (row.is_deleted, row.metadata) == (True, {"kept": "1", "n": "1"})
    assert stripe_api.requests == []


def test_class_of_the_project_obeys_too(second, stripe_api, deliver, own_registry):
    """The documented example: a class that hands its event's object to sync."""

    class ProductUpdateWebhook(BaseWebhook):
        name = "product.updated"
        description = "Occurs whenever a product is updated."

        def process_webhook(self):
            StripeProduct.sync(self.event.message["data"]["object"])

    messages = second("products", ["change", "change", "change"])
    for number, order in enumerate(orders(messages)):
        conf.model("Product").objects.all().delete()
        deliver(*numbered(order, number))
        mirrored, at_stripe = final_state(stripe_api, "products", "Product")
        assert mirrored == at_stripe


class TestLinks:
    """The other side may come later."""

    def test_link_to_what_comes_later_is_followed(self, stripe_api, poster):
        stripe_api.create("products", {"id": "prod_1"})
        stripe_api.create("prices", {"id": "price_1", "product": "prod_1"})
        stripe_api.create("customers", {"id": "cus_1"})
        stripe_api.create("subscriptions", {"customer": "cus_1", "items": [{"price": "price_1"}]})
        messages = list(stripe_api.events.values())
        subscription = conf.model("Subscription").objects
        for message in reversed(messages):
            assert poster.event(message) == 200
            if subscription.exists():
                assert subscription.get().customer_id == "cus_1"
                found = conf.model("Customer").objects.filter(pk="cus_1").first()
                assert subscription.get().customer == found
        row = subscription.select_related("customer", "price").get()
        assert (row.customer.pk, row.price.product.pk) == ("cus_1", "prod_1")
        event = conf.model("Event").objects.get(object_type="subscription")
        assert event.customer == row.customer
