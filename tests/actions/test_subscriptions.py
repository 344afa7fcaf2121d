import pytest

from stripe_integrations import conf
from stripe_integrations.actions import StripeCustomer, StripeSubscription
from tests import objects

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer(stripe_api):
    stripe_api.create("prices", {"id": "price_gold"})
    stripe_api.create("customers", {"id": "cus_ada"})
    return StripeCustomer.retrieve("cus_ada")


@pytest.fixture
def subscription(customer):
    return StripeSubscription.create(customer, [{"price": "price_gold"}])


def test_create(stripe_api, customer, subscription):
    assert subscription == conf.model("Subscription").objects.get()
    assert (subscription.customer, subscription.price_id) == (customer, "price_gold")
    assert subscription.pk in stripe_api.objects["subscriptions"]


def test_update(stripe_api, subscription):
    row = StripeSubscription.update(subscription, collection_method="send_invoice")
    assert (row.collection_method, row.in_doubt) == ("send_invoice", False)
    stored = stripe_api.objects["subscriptions"][subscription.pk]
    assert stored["collection_method"] == "send_invoice"


def test_cancel_at_the_end_of_the_period(subscription):
    row = StripeSubscription.cancel(subscription)
    assert (row.status, row.cancel_at_period_end) == ("active", True)


def test_cancel_at_once(customer, subscription):
    row = StripeSubscription.cancel(subscription, at_period_end=False)
    assert (row.status, row.is_deleted) == ("canceled", False)
    assert not StripeSubscription.has_active_subscription(customer)


@pytest.mark.parametrize(
    ("status", "active", "current"),
    [
        ("trialing", True, True),
        ("active", True, True),
        ("past_due", False, True),
        ("unpaid", False, False),
        ("canceled", False, False),
        ("paused", False, False),
        ("incomplete", False, False),
        ("a new status", False, False),
    ],
)
def test_which_subscription_a_customer_has(customer, status, active, current):
    row = StripeSubscription.sync(objects.subscription(customer="cus_ada", status=status))
    assert StripeSubscription.has_active_subscription(customer) is active
    assert StripeSubscription.get_current_subscription(customer) == (row if current else None)


def test_the_newest_is_current(customer):
    for id, created in (("sub_b", 3000), ("sub_a", 5000), ("sub_c", 4000)):
        StripeSubscription.sync(objects.subscription(id, customer="cus_ada", created=created))
    assert StripeSubscription.get_current_subscription(customer).pk == "sub_a"


def test_sync_all_asks_for_canceled_ones_too(stripe_api, subscription):
    StripeSubscription.sync_all()
    method, path, params, _account = stripe_api.requests[-1]
    assert (method, path, params["status"]) == ("GET", "/v1/subscriptions", "all")
    assert StripeSubscription.retrieve(subscription.pk) == subscription
    assert StripeSubscription.soft_delete(subscription.pk).is_deleted
