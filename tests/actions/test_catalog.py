"""The verbs of products, prices, coupons and promotion codes, beyond what the table holds."""

from decimal import Decimal

import pytest
import stripe

from stripe_integrations.actions import (
    StripeCoupon,
    StripePrice,
    StripeProduct,
    StripePromotionCode,
)
from tests.actions.at_stripe import held
from tests.actions.cases_of_catalog import archived_code, coupon, price, product, promotion_code

pytestmark = pytest.mark.django_db(transaction=True)


def test_product_with_prices_is_archived_and_not_deleted(stripe_api):
    row = product(stripe_api)
    StripePrice.create(row, Decimal("10.50"), "usd")
    with pytest.raises(stripe.InvalidRequestError, match="one or more user-created prices"):
        StripeProduct.delete(row)
    assert not StripeProduct.model().objects.get().is_deleted
    assert StripeProduct.archive(row).active is row.active is False


@pytest.mark.parametrize("end", [StripeProduct.archive, StripeProduct.delete])
def test_product_that_is_gone_is_not_handed_out_again(stripe_api, end):
    first = StripeProduct.create("Gold")
    assert StripeProduct.create("Gold") == first
    end(first)
    assert StripeProduct.create("Gold") != first


def test_archived_price_is_not_handed_out_again(stripe_api):
    row = product(stripe_api)
    first = StripePrice.create(row, 500, "jpy")
    StripePrice.archive(first)
    assert StripePrice.create(row, Decimal(500), "jpy") != first
    assert held("prices", "unit_amount")(stripe_api) == [500, 500]


def test_amount_of_a_price_is_not_changed(stripe_api):
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter: unit_amount"):
        StripePrice.update(price(stripe_api), unit_amount=1)


def test_catalog_of_a_connected_account_is_made_there(stripe_api):
    made = StripeProduct.create("Gold", id="gold", account="acct_1")
    first = StripePrice.create(made, 500, "usd")
    second = StripePrice.create("gold", 600, "usd", account="acct_1")
    off = StripeCoupon.create(10, account="acct_1", id="SPRING")
    code = StripePromotionCode.create(off, "HELLO")
    rows = (made, first, second, off, code)
    assert [row.account for row in rows] == ["acct_1"] * 5
    assert StripeProduct.archive(made).pk == "acct_1/gold"
    assert {each.account for each in stripe_api.requests} == {"acct_1"}


def test_coupon_takes_an_amount_in_its_currency(stripe_api):
    row = StripeCoupon.create(amount_off=Decimal("5.00"), currency="eur", duration="forever")
    assert (row.amount_off, row.currency, row.duration) == (500, "eur", "forever")


@pytest.mark.parametrize("given", [{}, {"percent_off": 10, "amount_off": 5, "currency": "usd"}])
def test_coupon_is_of_a_percentage_or_an_amount(stripe_api, given):
    with pytest.raises(stripe.InvalidRequestError, match="exactly one"):
        StripeCoupon.create(**given)
    assert not StripeCoupon.model().objects.exists()


def test_coupon_that_somebody_else_deleted_is_marked(stripe_api):
    row = coupon(stripe_api)
    stripe_api.delete("coupons", row.pk)
    assert StripeCoupon.delete(row).is_deleted
    assert row.is_deleted


def test_code_that_is_in_use_is_refused(stripe_api):
    row = promotion_code(stripe_api)
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        StripePromotionCode.create("SPRING", "HELLO", metadata={"a": "b"})
    StripePromotionCode.archive(row)
    again = StripePromotionCode.create("SPRING", "HELLO", metadata={"a": "b"})
    assert (again.code, again.active, again != row) == ("HELLO", True, True)


def test_code_of_a_deleted_coupon_stays_archived(stripe_api):
    row = archived_code(stripe_api)
    stripe_api.delete("coupons", "SPRING")
    with pytest.raises(stripe.InvalidRequestError, match="no longer valid"):
        StripePromotionCode.unarchive(row)
    assert StripePromotionCode.model().objects.get().active is False


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("2025-09-30.clover", {"promotion": {"type": "coupon", "coupon": "SPRING"}}),
        ("2025-08-27.basil", {"coupon": "SPRING"}),
    ],
)
def test_coupon_of_a_code_is_named_as_the_api_version_wants_it(
    stripe_api, settings, monkeypatch, version, told
):
    row = coupon(stripe_api)
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "API_VERSION": version}
    monkeypatch.setattr(
        "stripe_integrations.testing.fake_stripe.sdk_parameters.check_sdk_names",
        lambda *_args: None,
    )
    StripePromotionCode.create(row)
    assert stripe_api.requests[-1].params == told
