import pytest

from stripe_integrations import conf
from stripe_integrations.actions import StripeCustomer, StripeEventAction, StripeWebhook
from stripe_integrations.exceptions import PayloadRefused
from tests import objects

pytestmark = pytest.mark.django_db(transaction=True)


def rows():
    return conf.model("Event").objects


def test_add_only_the_object():
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


def test_add_a_whole_event_and_process_it():
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
def test_add_what_cannot_be_stored(stripe_id, kind, message):
    with pytest.raises(PayloadRefused):
        StripeEventAction.add(stripe_id, kind, True, None, message)
    assert not rows().exists()


def test_link_customer():
    event = StripeEventAction.add("evt_1", "a", False, None, {"id": "x"})
    customer = StripeCustomer.sync(objects.customer())
    assert StripeEventAction.link_customer(event, customer).customer == customer
    assert rows().get().customer == customer
