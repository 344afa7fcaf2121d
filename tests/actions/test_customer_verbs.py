from decimal import Decimal

import pytest

from stripe_integrations import conf
from stripe_integrations.actions import StripeCustomer, StripePaymentMethod
from tests.actions.verb_case import customer, user

pytestmark = pytest.mark.django_db(transaction=True)


def test_portal_url_of_a_user_is_a_new_one_each_time(stripe_api):
    ada = user()
    row = StripeCustomer.create(ada)
    first = StripeCustomer.portal_url(ada, "https://shop.test/account", locale="de")
    second = StripeCustomer.portal_url(ada, "https://shop.test/account", locale="de")
    assert first.startswith("https://billing.stripe.com/p/session/")
    assert first != second
    assert stripe_api.requests[-1].params == {
        "customer": row.pk,
        "return_url": "https://shop.test/account",
        "locale": "de",
    }
    assert not conf.model("StripeObject").objects.exists()


def test_portal_of_a_user_without_a_customer_raises_value_error(stripe_api):
    with pytest.raises(ValueError, match="create"):
        StripeCustomer.portal_url(user(), "https://shop.test/account")


def test_verbs_take_a_user(stripe_api):
    ada = user()
    row = StripeCustomer.create(ada)
    assert StripeCustomer.update(ada, name="Countess") == row
    assert StripeCustomer.adjust_balance(ada, 100, "eur").balance == 100
    assert StripeCustomer.add_tax_id(ada, "eu_vat", "DE123456789").customer == row
    gone = StripeCustomer.delete(ada)
    assert (gone.is_deleted, gone.user, gone.name) == (True, ada, "Countess")
    assert StripeCustomer.get(ada) is None


def test_balance_takes_a_decimal_in_the_customers_currency(stripe_api):
    row = customer(stripe_api)
    assert StripeCustomer.adjust_balance(row, Decimal("-5.25")).balance == -525
    assert stripe_api.requests[-2].params == {"amount": -525, "currency": "usd"}


def test_balance_of_a_customer_without_a_currency_asks_for_one(stripe_api):
    row = customer(stripe_api, currency=None)
    for given in (row, row.pk, "cus_without_a_row"):
        with pytest.raises(ValueError, match="currency"):
            StripeCustomer.adjust_balance(given, 100)
    assert StripeCustomer.adjust_balance(row, 100, "eur").balance == 100


def test_default_payment_method_is_set_and_cleared(stripe_api):
    row = customer(stripe_api)
    stripe_api.create("payment_methods", {"id": "pm_visa", "customer": row.pk})
    method = StripePaymentMethod.retrieve("pm_visa")
    StripeCustomer.set_default_payment_method(row, method)
    assert row.default_payment_method == method
    StripeCustomer.set_default_payment_method(row, None)
    assert row.default_payment_method_id is None


def test_removed_tax_id_is_marked_as_deleted(stripe_api):
    row = customer(stripe_api)
    tax_id = StripeCustomer.add_tax_id(row, "eu_vat", "DE123456789")
    assert (tax_id.customer, tax_id.value, tax_id.country) == (row, "DE123456789", "DE")
    StripeCustomer.remove_tax_id(tax_id)
    assert tax_id.is_deleted
    assert not row.tax_ids.not_deleted().exists()
