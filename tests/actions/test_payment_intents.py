import logging
from decimal import Decimal

import pytest
import stripe

from stripe_integrations.actions import StripeCharge, StripeCustomer, StripePaymentIntent
from stripe_integrations.testing.fake_stripe.payments import DECLINED
from tests.actions.at_stripe import held
from tests.actions.cases_of_payments import (
    authorized,
    customer_with_method,
    intent,
    loose_method,
    paid,
)
from tests.actions.verb_case import user

pytestmark = pytest.mark.django_db(transaction=True)

amounts = held("payment_intents", "amount", "currency")


@pytest.fixture
def customer(stripe_api):
    return customer_with_method(stripe_api)


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [(1050, "usd", 1050), (Decimal("10.50"), "usd", 1050), (Decimal(500), "jpy", 500)],
)
def test_amount_is_sent_in_minor_units(stripe_api, customer, amount, currency, minor):
    row = StripePaymentIntent.create(customer, amount, currency)
    assert amounts(stripe_api) == [(minor, currency)]
    assert (row.amount, row.customer_id) == (minor, customer.pk)


def test_decimal_that_is_no_whole_number_of_cents_is_refused_before_the_call(stripe_api, customer):
    stripe_api.requests.clear()
    with pytest.raises(ValueError, match=r"10\.505 usd is no whole number"):
        StripePaymentIntent.create(customer, Decimal("10.505"), "usd")
    assert stripe_api.requests == []


def test_client_secret_is_on_the_returned_row_and_stored_nowhere(stripe_api, customer, caplog):
    caplog.set_level(logging.DEBUG)
    row = StripePaymentIntent.create(customer, 1050, "usd")
    secret = stripe_api.objects["payment_intents"][row.pk]["client_secret"]
    assert row.client_secret == secret
    assert secret not in repr(row.client_secret)
    assert secret not in caplog.text
    stored = StripePaymentIntent.model().objects.get()
    assert stored.client_secret is None
    assert "client_secret" not in stored.stripe_data
    assert StripePaymentIntent.retrieve(row.pk).client_secret == secret


def test_secret_of_an_object_that_was_asked_for_inside_another_is_not_stored(stripe_api, customer):
    row = StripePaymentIntent.create(customer, 1050, "usd", payment_method="pm_1", confirm=True)
    shown = stripe_api.objects["payment_intents"][row.pk]
    charge = stripe_api.current.others["charges"][row.latest_charge_id]
    charge["payment_intent"] = shown  # expand=["payment_intent"]
    stored = StripeCharge.retrieve(charge["id"])
    assert stored.payment_intent_id == row.pk
    assert stored.stripe_data["payment_intent"]["id"] == row.pk
    assert "client_secret" not in stored.stripe_data["payment_intent"]


def test_user_is_taken_for_their_customer(stripe_api):
    ada = user()
    owner = StripeCustomer.create(ada)
    assert StripePaymentIntent.create(ada, 1050, "usd").customer == owner


def test_guest_pays_without_a_customer(stripe_api):
    row = StripePaymentIntent.create(None, 1050, "usd", account="acct_1")
    assert (row.customer_id, row.account) == (None, "acct_1")
    with stripe_api.acting_for("acct_1"):
        assert amounts(stripe_api) == [(1050, "usd")]


def test_same_call_after_the_payment_takes_no_money_again(stripe_api, customer):
    first = StripePaymentIntent.create(customer, 1050, "usd", payment_method="pm_1")
    StripePaymentIntent.confirm(first)
    again = StripePaymentIntent.create(customer, 1050, "usd", payment_method="pm_1")
    assert (again.pk, again.status) == (first.pk, "succeeded")
    with pytest.raises(stripe.InvalidRequestError) as error:
        StripePaymentIntent.confirm(again)
    assert error.value.code == "payment_intent_unexpected_state"
    assert held("charges", "amount")(stripe_api) == [1050]


@pytest.mark.parametrize(
    "other", [{"metadata": {"order": "2"}}, {"idempotency_key": "order 2"}, {"amount": 1051}]
)
def test_call_for_another_order_makes_another_payment(stripe_api, customer, other):
    first = StripePaymentIntent.create(customer, amount=1050, currency="usd")
    second = StripePaymentIntent.create(customer, **{"amount": 1050, "currency": "usd", **other})
    assert first.pk != second.pk


def test_same_call_after_a_cancellation_makes_another_payment(stripe_api, customer):
    first = StripePaymentIntent.create(customer, 1050, "usd")
    assert StripePaymentIntent.cancel(first).status == "canceled"
    assert first.status == "canceled"
    second = StripePaymentIntent.create(customer, 1050, "usd")
    assert (second.pk != first.pk, second.status) == (True, "requires_payment_method")


def test_declined_card_raises_stripes_error_and_may_be_replaced(stripe_api):
    row = intent(stripe_api)
    with pytest.raises(stripe.CardError) as error:
        StripePaymentIntent.confirm(row, payment_method=DECLINED)
    assert error.value.code == "card_declined"
    row.refresh_from_db()
    assert (row.status, row.version) == ("requires_confirmation", 1)
    assert StripePaymentIntent.confirm(row, payment_method="pm_1").status == "succeeded"


def test_part_is_captured_in_the_currency_of_an_intent_without_a_row(stripe_api):
    id = authorized(stripe_api).pk
    StripePaymentIntent.model().objects.all().delete()
    row = StripePaymentIntent.capture(id, Decimal("5.00"))
    assert (row.status, row.amount_received) == ("succeeded", 500)


def test_more_than_was_authorized_is_not_captured(stripe_api):
    row = authorized(stripe_api)
    with pytest.raises(stripe.InvalidRequestError, match="more than"):
        StripePaymentIntent.capture(row, 1051)
    assert StripePaymentIntent.model().objects.get().status == "requires_capture"


def test_payment_that_has_succeeded_is_not_canceled(stripe_api):
    row = paid(stripe_api)
    with pytest.raises(stripe.InvalidRequestError) as error:
        StripePaymentIntent.cancel(row)
    assert error.value.code == "payment_intent_unexpected_state"


def test_parameters_may_hold_rows(stripe_api):
    method = loose_method(stripe_api)
    StripePaymentIntent.create(None, 1050, "usd", payment_method=method)
    assert held("payment_intents", "payment_method")(stripe_api) == ["pm_1"]


def test_parameter_that_stripe_does_not_know_is_refused(stripe_api, customer):
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter: colour"):
        StripePaymentIntent.create(customer, 1050, "usd", colour="red")
    assert not StripePaymentIntent.model().objects.exists()
