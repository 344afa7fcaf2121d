from datetime import timedelta

import pytest
import stripe

from stripe_integrations import conf
from stripe_integrations.actions import StripeCustomer, StripeSubscription
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer(stripe_api):
    stripe_api.create("prices", {"id": "price_gold"})
    stripe_api.create("customers", {"id": "cus_ada"})
    return StripeCustomer.retrieve("cus_ada")


@pytest.fixture
def subscription(customer):
    return StripeSubscription.create(customer, [{"price": "price_gold"}])


def test_created_subscription_is_mirrored(stripe_api, customer, subscription):
    assert subscription == conf.model("Subscription").objects.get()
    assert (subscription.customer, subscription.price_id) == (customer, "price_gold")
    assert subscription.pk in stripe_api.objects["subscriptions"]


def test_updated_subscription_is_mirrored(stripe_api, subscription):
    row = StripeSubscription.update(subscription, collection_method="send_invoice")
    assert (row.collection_method, row.in_doubt) == ("send_invoice", False)
    stored = stripe_api.objects["subscriptions"][subscription.pk]
    assert stored["collection_method"] == "send_invoice"


def test_cancel_at_the_end_of_the_period(subscription):
    row = StripeSubscription.cancel(subscription)
    assert (row.status, row.cancel_at_period_end) == ("active", True)


def test_subscription_canceled_at_once_is_not_active(customer, subscription):
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
    asked = stripe_api.requests[-1]
    assert (asked.method, asked.path) == ("GET", "/v1/subscriptions")
    assert asked.params["status"] == "all"
    assert StripeSubscription.retrieve(subscription.pk) == subscription
    assert StripeSubscription.soft_delete(subscription.pk).is_deleted


def test_create_with_what_stripe_takes(stripe_api, customer):
    trial_end = stripe_api.now() + 86_400
    items = [{"price": "price_gold", "quantity": 3}]
    row = StripeSubscription.create(
        customer, items, trial_end=trial_end, metadata={"seat": "a"}, collection_method="x"
    )
    assert (row.status, row.quantity, row.metadata) == ("trialing", 3, {"seat": "a"})
    assert int(row.trial_end.timestamp()) == trial_end
    assert row.current_period_end - row.current_period_start == timedelta(days=30)
    assert stripe_api.requests[-1].params["items"] == items
    assert StripeSubscription.has_active_subscription(customer)


def test_create_for_a_price_that_is_not_there(stripe_api, customer):
    with pytest.raises(stripe.InvalidRequestError, match="No such object: 'price_none'"):
        StripeSubscription.create(customer, [{"price": "price_none"}])
    assert not conf.model("Subscription").objects.exists()


def test_subscription_of_a_connected_account_is_handled_as_that_account(stripe_api):
    with stripe_api.acting_for("acct_1"):
        stripe_api.create("prices", {"id": "price_gold"})
        stripe_api.create("customers", {"id": "cus_c"})
    customer = StripeCustomer.retrieve("cus_c", account="acct_1")
    row = StripeSubscription.create(customer, [{"price": "price_gold"}])
    assert (row.account, row.customer_id, row.price_id) == ("acct_1", "cus_c", "acct_1/price_gold")
    StripeSubscription.update(row, metadata={"a": "b"})
    StripeSubscription.cancel(row, at_period_end=False)
    assert {request.account for request in stripe_api.requests} == {"acct_1"}


def test_updated_items_change_price_and_quantity(stripe_api, subscription):
    stripe_api.create("prices", {"id": "price_lead"})
    item = subscription.stripe_data["items"]["data"][0]["id"]
    items = [{"id": item, "price": "price_lead", "quantity": 2}]
    row = StripeSubscription.update(subscription, items=items)
    assert (row.price_id, row.quantity) == ("price_lead", 2)


def test_cancel_at_the_end_of_the_period_and_think_again(customer, subscription):
    row = StripeSubscription.cancel(subscription)
    assert row.cancel_at == row.current_period_end
    assert StripeSubscription.has_active_subscription(customer)
    assert StripeSubscription.get_current_subscription(customer) == row
    row = StripeSubscription.update(row, cancel_at_period_end=False)
    assert row.cancel_at_period_end is False


def test_cancel_at_once_is_seen_in_the_row(customer, subscription):
    row = StripeSubscription.cancel(subscription, at_period_end=False)
    assert row.canceled_at == row.ended_at is not None
    assert StripeSubscription.get_current_subscription(customer) is None
    again = StripeSubscription.cancel(row, at_period_end=False)
    assert (again, again.status) == (row, "canceled")


def test_cancel_at_once_of_one_that_stripe_does_not_have_raises(stripe_api, subscription):
    del stripe_api.objects["subscriptions"][subscription.pk]
    with pytest.raises(stripe.InvalidRequestError):
        StripeSubscription.cancel(subscription, at_period_end=False)


def test_cancellation_by_event_is_no_deletion(stripe_api, subscription, deliver):
    stripe_api.offset += 10
    stripe_api.delete("subscriptions", subscription.pk)
    message = list(stripe_api.events.values())[-1]
    assert message["type"] == "customer.subscription.deleted"
    deliver(message)
    row = conf.model("Subscription").objects.get()
    assert (row.status, row.is_deleted) == ("canceled", False)


def test_another_customers_subscription_does_not_count(stripe_api, subscription):
    stripe_api.create("customers", {"id": "cus_bob"})
    bob = StripeCustomer.retrieve("cus_bob")
    assert not StripeSubscription.has_active_subscription(bob)
    assert StripeSubscription.get_current_subscription(bob) is None


def test_deleted_row_does_not_count(customer, subscription):
    StripeSubscription.soft_delete(subscription.pk)
    assert not StripeSubscription.has_active_subscription(customer)
    assert StripeSubscription.get_current_subscription(customer) is None


def test_stripes_error_leaves_the_row_as_it_was(stripe_api, subscription):
    stripe_api.fail_with(402)
    with pytest.raises(stripe.StripeError):
        StripeSubscription.update(subscription, collection_method="send_invoice")
    row = conf.model("Subscription").objects.get()
    assert (row.collection_method, row.version) == ("charge_automatically", subscription.version)


def test_sync_all_mirrors_canceled_ones(stripe_api, subscription):
    stripe_api.delete("subscriptions", subscription.pk)
    conf.model("Subscription").objects.all().delete()
    assert StripeSubscription.sync_all() == 1
    assert conf.model("Subscription").objects.get().status == "canceled"


def test_subscription_of_another_account_is_not_the_customers():
    """Its customer arrived after it, so that the link to another account's row is there."""
    customer = StripeCustomer.sync(objects.customer())
    conf.model("Subscription").objects.create(
        id="sub_x", account="acct_1", customer_id=customer.pk, status="active"
    )
    assert not StripeSubscription.has_active_subscription(customer)
    assert StripeSubscription.get_current_subscription(customer) is None


def test_sync_for_another_account_leaves_the_row_as_it_is(stripe_api):
    row = StripeSubscription.sync(objects.subscription())
    forged = objects.subscription(status="canceled")
    assert StripeSubscription.sync(forged, account="acct_1") is None
    assert conf.model("Subscription").objects.get().stripe_data == row.stripe_data
    assert stripe_api.requests == []
