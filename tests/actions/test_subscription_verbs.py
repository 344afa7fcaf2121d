from datetime import datetime, timezone

import pytest
import stripe
from django.utils import timezone as django_timezone

from stripe_integrations import conf
from stripe_integrations.actions import StripeInvoice, StripePrice, StripeSubscription
from stripe_integrations.testing import objects
from tests.actions.cases_of_subscriptions import (
    customer_and_prices,
    subscription,
    two_prices,
)

pytestmark = pytest.mark.django_db(transaction=True)


def asked(api):
    """Return the items that the last change asked for."""
    return [each for each in api.requests if each.method == "POST"][-1].params["items"]


def test_swapped_price_keeps_its_item(stripe_api):
    row = subscription(stripe_api)
    item = row.items.get()
    StripeSubscription.swap(row, ["price_lead"], proration_behavior="none")
    assert asked(stripe_api) == [{"id": item.pk, "price": "price_lead"}]
    assert stripe_api.requests[-1].params["proration_behavior"] == "none"
    item.refresh_from_db()
    assert (item.price_id, item.quantity, row.price_id) == ("price_lead", 2, "price_lead")


def test_swap_to_more_and_to_fewer_prices_adds_and_removes_items(stripe_api):
    row = subscription(stripe_api)
    StripeSubscription.swap(row, ["price_gold", "price_lead", ("price_tin", 4)])
    of_it = row.items.filter(deleted_at=None)
    prices = set(of_it.values_list("price_id", "quantity"))
    assert prices == {("price_gold", 2), ("price_lead", 1), ("price_tin", 4)}
    StripeSubscription.swap(row, ["price_lead"])
    assert set(of_it.values_list("price_id", "quantity")) == {("price_lead", 1)}
    assert row.price_id == "price_lead"


def test_lookup_key_names_a_price(stripe_api):
    row = subscription(stripe_api)
    stripe_api.create("prices", {"id": "price_new", "lookup_key": "new_monthly"})
    StripePrice.sync_all()
    StripeSubscription.add_price(row, "new_monthly", 2)
    assert asked(stripe_api) == [{"price": "price_new", "quantity": 2}]
    StripeSubscription.set_quantity(row, 5, "new_monthly")
    assert row.items.get(price="price_new").quantity == 5
    StripeSubscription.remove_price(row, "new_monthly")
    assert row.items.get(price="price_new").is_deleted


def test_quantity_of_one_of_several_prices_needs_the_price(stripe_api):
    row = two_prices(stripe_api)
    with pytest.raises(ValueError, match="has 2 prices: pass one of them"):
        StripeSubscription.set_quantity(row, 5)
    with pytest.raises(ValueError, match="no item with the price price_lead"):
        StripeSubscription.set_quantity(row, 5, "price_lead")
    with pytest.raises(ValueError, match="no item with the price price_lead"):
        StripeSubscription.remove_price(row, "price_lead")


def test_subscription_that_the_mirror_does_not_have_is_read(stripe_api):
    row = subscription(stripe_api)
    for name in ("Subscription", "SubscriptionItem"):
        conf.model(name).objects.all().delete()
    assert StripeSubscription.increment_quantity(row.pk, by=3).quantity == 5


def test_items_of_a_connected_accounts_subscription_are_found(stripe_api):
    with stripe_api.acting_for("acct_1"):
        for id in ("price_gold", "price_lead"):
            stripe_api.create("prices", {"id": id})
        stripe_api.create("customers", {"id": "cus_c"})
        items = [{"price": "price_gold"}]
        id = stripe_api.create("subscriptions", {"customer": "cus_c", "items": items})["id"]
    row = StripeSubscription.retrieve(id, account="acct_1")
    StripeSubscription.swap(row, ["price_lead"])
    assert row.price_id == "acct_1/price_lead"
    assert StripeSubscription.set_quantity(row, 3, "price_lead").quantity == 3
    assert {request.account for request in stripe_api.requests} == {"acct_1"}


def test_last_price_is_not_removed(stripe_api):
    row = subscription(stripe_api)
    with pytest.raises(stripe.InvalidRequestError, match="at least one"):
        StripeSubscription.remove_price(row, "price_gold")
    assert row.items.get().deleted_at is None


@pytest.mark.parametrize("aware", [True, False])
def test_times_are_datetimes_or_seconds(stripe_api, aware):
    row = subscription(stripe_api)
    seconds = objects.NOW + 5 * 86_400
    moment = datetime.fromtimestamp(seconds, tz=timezone.utc)
    if not aware:
        moment = django_timezone.make_naive(moment)
    StripeSubscription.extend_trial(row, moment)
    assert (row.status, int(row.trial_end.timestamp())) == ("trialing", seconds)
    StripeSubscription.cancel(row, at=moment)
    assert (int(row.cancel_at.timestamp()), row.cancel_at_period_end) == (seconds, False)
    StripeSubscription.resume(row)
    StripeSubscription.pause_collection(row, "keep_as_draft", resumes_at=moment)
    pause = {"behavior": "keep_as_draft", "resumes_at": seconds}
    assert row.stripe_data["pause_collection"] == pause


@pytest.mark.parametrize("given", ["tomorrow", 1.5, True])
def test_other_times_raise_type_error(stripe_api, given):
    with pytest.raises(TypeError, match="datetime or Unix seconds"):
        StripeSubscription.extend_trial(subscription(stripe_api), given)


def test_canceled_subscription_is_not_resumed(stripe_api):
    row = StripeSubscription.cancel(subscription(stripe_api), at_period_end=False)
    with pytest.raises(stripe.InvalidRequestError, match="canceled"):
        StripeSubscription.resume(row)


def test_preview_is_a_plain_dict_and_is_not_stored(stripe_api):
    row = subscription(stripe_api)
    before = conf.model("Invoice").objects.count()
    shown = StripeSubscription.preview_invoice(row)
    assert (type(shown), shown["object"], shown["amount_due"]) == (dict, "invoice", 2100)
    after = StripeSubscription.preview_invoice(row, [("price_lead", 5)])
    assert after["amount_due"] == 5250
    assert conf.model("Invoice").objects.count() == before


def test_latest_invoice_is_read_once(stripe_api):
    row = subscription(stripe_api)
    invoice = StripeSubscription.latest_invoice(row)
    assert invoice == StripeInvoice.model().objects.get()
    stripe_api.requests.clear()
    assert StripeSubscription.latest_invoice(row.pk) == invoice
    assert stripe_api.requests == []


def test_subscription_without_an_invoice_has_no_latest(stripe_api):
    owner = customer_and_prices(stripe_api)
    items = [{"price": "price_gold"}]
    id = stripe_api.create("subscriptions", {"customer": owner.pk, "items": items})["id"]
    assert StripeSubscription.latest_invoice(id) is None


def test_stale_row_in_hand_counts_less_than_the_mirror(stripe_api):
    row = subscription(stripe_api)
    stale = StripeSubscription.model().objects.get()
    StripeSubscription.set_quantity(row, 9)
    StripeSubscription.increment_quantity(stale)
    assert stale.quantity == 10
