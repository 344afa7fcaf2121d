import pytest

from stripe_integrations import conf
from stripe_integrations.actions import (
    StripeCheckout,
    StripeCheckoutSession,
    StripeCustomer,
    StripePrice,
)
from tests.actions.verb_case import user

pytestmark = pytest.mark.django_db(transaction=True)

DONE = "https://shop.test/done"


@pytest.fixture
def prices(stripe_api):
    """Prices that the mirror has, in several forms."""
    metered = {"interval": "month", "interval_count": 1, "usage_type": "metered"}
    stripe_api.create("prices", {"id": "price_gold", "lookup_key": "gold_monthly"})
    stripe_api.create("prices", {"id": "price_calls", "recurring": metered})
    stripe_api.create("prices", {"id": "price_mug", "recurring": None, "type": "one_time"})
    return {row: StripePrice.retrieve(row) for row in ("price_gold", "price_calls", "price_mug")}


def lines(stripe_api):
    return stripe_api.requests[-1].params["line_items"]


def test_user_without_a_customer_gets_one_and_is_named(stripe_api, prices):
    ada = user()
    row = StripeCheckout.create(ada, ["price_gold"], "subscription", DONE)
    assert row.customer == StripeCustomer.get(ada)
    assert (row.client_reference_id, row.status) == (str(ada.pk), "open")
    assert row.url.startswith("https://checkout.stripe.com/")
    assert row == conf.model("CheckoutSession").objects.get()


def test_customer_of_a_user_names_that_user(stripe_api, prices):
    ada = user()
    customer = StripeCustomer.create(ada)
    for given in (customer, customer.pk, ada):
        row = StripeCheckout.create(given, ["price_gold"], success_url=DONE)
        assert (row.customer, row.client_reference_id) == (customer, str(ada.pk))
    assert len(stripe_api.objects["checkout/sessions"]) == 1


def test_guest_has_no_customer(stripe_api, prices):
    row = StripeCheckout.create(None, ["price_mug"], "payment", DONE)
    assert (row.customer_id, row.client_reference_id, row.mode) == (None, None, "payment")


def test_prices_are_rows_ids_and_lookup_keys_with_a_quantity_or_without(stripe_api, prices):
    given = [
        prices["price_gold"],
        "price_mug",
        ("gold_monthly", 3),
        "price_calls",
        {"price": "price_gold", "quantity": 2, "adjustable_quantity": {"enabled": True}},
    ]
    StripeCheckout.create(None, given, success_url=DONE)
    adjustable = {"adjustable_quantity": {"enabled": True}}
    quantities = [
        int(line["quantity"]) if "quantity" in line else None for line in lines(stripe_api)
    ]
    assert [line["price"] for line in lines(stripe_api)] == [
        "price_gold", "price_mug", "price_gold", "price_calls", "price_gold",
    ]  # fmt: skip
    assert quantities == [1, 1, 3, None, 2]
    assert adjustable.items() <= lines(stripe_api)[-1].items()


def test_one_price_without_a_list_raises_type_error(stripe_api, prices):
    with pytest.raises(TypeError, match="Pass a list of prices"):
        StripeCheckout.create(None, "gold_monthly", success_url=DONE)


@pytest.mark.parametrize("given", ["silver_monthly", "Gold"])
def test_unknown_lookup_key_says_what_to_do_and_calls_nothing(stripe_api, prices, given):
    stripe_api.requests.clear()
    with pytest.raises(ValueError, match=rf"{given}.*call StripePrice.sync_all\(\)"):
        StripeCheckout.create(None, [given], success_url=DONE)
    assert stripe_api.requests == []


def test_lookup_key_of_an_archived_price_is_unknown(stripe_api, prices):
    conf.model("Price").objects.filter(pk="price_gold").update(active=False)
    with pytest.raises(ValueError, match="No active price"):
        StripeCheckout.create(None, ["gold_monthly"], success_url=DONE)


def test_lookup_key_of_another_account_is_unknown(stripe_api, prices):
    conf.model("Price").objects.filter(pk="price_gold").update(account="acct_1")
    with pytest.raises(ValueError, match="No active price"):
        StripeCheckout.create(None, ["gold_monthly"], success_url=DONE)


@pytest.mark.parametrize("given", [5, None, ("price_gold",), ("price_gold", "2"), ("a", 1, 2)])
def test_what_is_no_price_raises_type_error(stripe_api, prices, given):
    with pytest.raises(TypeError, match="Pass a"):
        StripeCheckout.create(None, [given], success_url=DONE)


class TestClientSecret:
    @pytest.fixture
    def row(self, stripe_api, prices):
        return StripeCheckout.create(None, ["price_gold"], ui_mode="embedded_page", return_url=DONE)

    def test_row_of_an_embedded_session_has_it_masked(self, row):
        assert row.client_secret == f"{row.pk}_secret_fid"
        assert "_secret_" not in repr(vars(row))
        assert row.url is None

    def test_it_is_not_stored(self, row):
        stored = conf.model("CheckoutSession").objects.get()
        assert stored.client_secret is None
        assert "_secret_" not in str(stored.stripe_data)

    def test_repeated_call_and_retrieve_have_it_too(self, stripe_api, row):
        again = StripeCheckout.create(
            None, ["price_gold"], ui_mode="embedded_page", return_url=DONE
        )
        assert again == row
        assert again.client_secret == StripeCheckout.retrieve(row.pk).client_secret
        assert again.client_secret == row.client_secret

    def test_hosted_session_has_none(self, stripe_api, prices):
        assert StripeCheckout.create(None, ["price_gold"], success_url=DONE).client_secret is None


@pytest.mark.parametrize("status", ["complete", "expired"])
def test_session_like_one_that_is_over_is_a_new_one(stripe_api, prices, status):
    first = StripeCheckout.create(None, ["price_gold"], success_url=DONE)
    assert StripeCheckout.create(None, ["price_gold"], success_url=DONE) == first
    stripe_api.objects["checkout/sessions"][first.pk]["status"] = status
    second = StripeCheckout.create(None, ["price_gold"], success_url=DONE)
    assert (second != first, second.status) == (True, "open")


def test_both_names_are_one_class():
    assert StripeCheckoutSession is StripeCheckout
