import threading

import pytest
import stripe
from django.db import connection

from stripe_integrations import conf
from stripe_integrations.actions import StripeCustomer, StripeEventAction, StripeWebhook
from stripe_integrations.exceptions import PayloadRefused
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)


def rows():
    return conf.model("Event").objects


def test_added_object_is_stored_as_received():
    stripe_id = "evt_123456789"
    kind = "invoice.created"
    livemode = True
    api_version = "2022-11-15"
    message = {"id": "in_123456789", "object": "invoice", "amount_paid": 1000}
    event = StripeEventAction.add(stripe_id, kind, livemode, api_version, message)
    assert event == rows().get(id="evt_123456789")
    event = rows().get()
    assert event.message["data"]["object"] == message
    assert (event.kind, event.type, event.livemode) == (kind, kind, True)
    assert (event.api_version, event.pending_webhooks, event.request) == (api_version, 0, None)
    assert (event.object_type, event.object_id) == ("invoice", "in_123456789")
    assert (event.status, event.attempts) == ("received", 0)


def test_added_event_is_processed():
    message = objects.event("product.created", objects.product(), id="evt_1", x=1)
    event = StripeEventAction.add("evt_1", "product.created", False, None, message, "req_9", 2)
    assert (event.message["x"], event.request, event.pending_webhooks) == (1, "req_9", 2)
    assert not conf.model("Product").objects.exists()
    assert StripeWebhook.process(event).status == "processed"
    assert conf.model("Product").objects.get().name == "Gold"


def test_add_twice_keeps_the_first():
    for amount in (1, 2):
        data = {"id": "in_1", "object": "invoice", "amount_paid": amount}
        StripeEventAction.add("evt_1", "invoice.created", True, None, data)
    assert rows().get().message["data"]["object"]["amount_paid"] == 1


@pytest.mark.parametrize(
    ("stripe_id", "kind", "message"),
    [
        ("", "a", {}),
        ("e" * 256, "a", {}),
        ("evt_1", "", {}),
        ("evt_1", "a", {"a": object()}),
        ("evt_1", "a", {"a": float("nan")}),
    ],
)
def test_event_that_cannot_be_stored_is_refused(stripe_id, kind, message):
    with pytest.raises(PayloadRefused):
        StripeEventAction.add(stripe_id, kind, True, None, message)
    assert not rows().exists()


def test_linked_customer_is_stored():
    event = StripeEventAction.add("evt_1", "a", False, None, {"id": "x"})
    customer = StripeCustomer.sync(objects.customer())
    assert StripeEventAction.link_customer(event, customer).customer == customer
    assert rows().get().customer == customer


def test_add_as_seed_002_prints_it():
    stripe_id = "evt_123456789"
    kind = "invoice.created"
    livemode = True
    api_version = "2022-11-15"
    message = {"id": "in_123456789", "object": "invoice", "amount_paid": 1000}

    StripeEventAction.add(stripe_id, kind, livemode, api_version, message)

    event = rows().get(id="evt_123456789")
    assert event.message["data"]["object"] == message
    assert (event.message["id"], event.message["type"]) == (stripe_id, kind)
    assert message == {"id": "in_123456789", "object": "invoice", "amount_paid": 1000}


def test_link_customer_as_seed_002_prints_it():
    StripeEventAction.add("evt_123456789", "a", False, None, {"id": "x"})
    StripeCustomer.sync(objects.customer("cu_123456789"))

    event = rows().get(id="evt_123456789")
    customer = conf.model("Customer").objects.get(id="cu_123456789")
    StripeEventAction.link_customer(event, customer)

    assert list(customer.events.all()) == [event]


def test_link_customer_writes_nothing_else():
    event = StripeEventAction.add("evt_1", "a", False, None, {"id": "x"})
    rows().update(status="processed")
    StripeEventAction.link_customer(event, StripeCustomer.sync(objects.customer()))
    assert rows().get().status == "processed"


def test_add_at_the_same_moment_is_one_row():
    barrier, made = threading.Barrier(6), []

    def add():
        barrier.wait()
        made.append(StripeEventAction.add("evt_1", "a", False, None, {"id": "x"}).pk)
        connection.close()

    threads = [threading.Thread(target=add) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == ["evt_1"] * 6
    assert rows().count() == 1


def test_add_what_the_arguments_say_counts():
    message = objects.event("product.created", objects.product(), id="evt_1", livemode=False)
    event = StripeEventAction.add("evt_2", "product.updated", True, "2022-11-15", message)
    assert (event.pk, event.kind, event.livemode) == ("evt_2", "product.updated", True)
    assert event.message["api_version"] == event.api_version == "2022-11-15"


def test_add_links_the_customer_that_the_object_names():
    data = {"id": "in_1", "object": "invoice", "customer": "cus_1"}
    assert StripeEventAction.add("evt_1", "invoice.paid", False, None, data).customer_id == "cus_1"
    gone = StripeEventAction.add("evt_2", "customer.deleted", False, None, objects.customer())
    assert (gone.customer_id, gone.customer) == ("cus_1", None)


def test_event_of_the_test_sender_is_stored_each_time():
    for _ in range(2):
        StripeEventAction.add("evt_00000000000000", "a", False, None, {"id": "x"})
    assert rows().count() == 2


def test_find_returns_the_event_or_none():
    assert StripeEventAction.find("evt_1") is None
    event = StripeEventAction.add("evt_1", "a", False, None, {"id": "x"})
    assert StripeEventAction.find("evt_1") == event


def test_unsigned_event_is_read_from_stripe(stripe_api):
    stripe_api.create("products", {"id": "prod_1", "name": "Gold"})
    (message,) = stripe_api.events.values()
    event = StripeWebhook.process_webhook(message)
    assert (event.pk, event.status) == (message["id"], "processed")
    assert [request.path for request in stripe_api.requests] == [f"/v1/events/{message['id']}"]
    assert StripeWebhook.process_webhook(message) == event
    assert len(stripe_api.requests) == 1


def test_event_of_the_sdk_is_processed():
    message = objects.event("product.created", objects.product())
    event = stripe.Event.construct_from(message, "sk_test_1")
    stored = StripeWebhook.process_webhook(event, verified=True)
    assert (stored.status, stored.message) == ("processed", message)
    assert conf.model("Product").objects.get().stripe_data == objects.product()
