from decimal import Decimal

import pytest
import stripe

from stripe_integrations.actions import StripeCharge, StripePaymentIntent, StripeRefund
from tests.actions.at_stripe import held
from tests.actions.cases_of_payments import paid, paid_charge, refund, waiting_refund

pytestmark = pytest.mark.django_db(transaction=True)

amounts = held("refunds", "amount")


def test_charges_row_follows_with_its_event(stripe_api, deliver):
    row = paid_charge(stripe_api)
    made = StripeRefund.create(row, Decimal("5.00"))
    assert (made.charge_id, made.amount, made.status) == (row.pk, 500, "succeeded")
    assert StripeCharge.model().objects.get().amount_refunded == 0
    stripe_api.offset += 10
    event = next(each for each in stripe_api.events.values() if each["type"] == "charge.refunded")
    event["created"] += 10
    deliver(event)
    assert StripeCharge.model().objects.get().amount_refunded == 500


def test_more_than_is_left_is_not_refunded(stripe_api):
    row = paid(stripe_api)
    StripeRefund.create(row, 1000)
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded amount"):
        StripeRefund.create(row, 51)
    assert amounts(stripe_api) == [1000]
    assert StripeRefund.model().objects.count() == 1


def test_same_call_refunds_once_and_with_a_key_of_its_own_once_more(stripe_api):
    row = paid(stripe_api)
    first = StripeRefund.create(row, 500)
    assert StripeRefund.create(row, 500) == first
    second = StripeRefund.create(row, 500, idempotency_key="the second half")
    assert second != first
    assert amounts(stripe_api) == [500, 500]


def test_same_call_after_a_cancellation_refunds_anew(stripe_api):
    row = waiting_refund(stripe_api)
    asked = {"amount": 50}
    first = StripeRefund.create(row.payment_intent_id, **asked)
    stripe_api.current.others["refunds"][first.pk]["status"] = "failed"
    assert StripeRefund.create(row.payment_intent_id, **asked) != first


def test_id_of_a_payment_intent_or_a_charge_is_told_from_the_other(stripe_api):
    row = paid(stripe_api)
    ids = (row.pk, row.latest_charge_id)
    StripePaymentIntent.model().objects.all().delete()
    for id in ids:
        StripeRefund.create(id, 10)
    sent = [each.params for each in stripe_api.requests if each.path == "/v1/refunds"]
    assert (sent[0]["payment_intent"], sent[1]["charge"]) == ids
    assert amounts(stripe_api) == [10, 10]


def test_payment_that_is_refunded_whole_is_not_refunded_again(stripe_api):
    row = paid(stripe_api)
    assert StripeRefund.create(row).amount == 1050
    with pytest.raises(stripe.InvalidRequestError) as error:
        StripeRefund.create(row, 1)
    assert error.value.code == "charge_already_refunded"


def test_refund_that_is_done_is_not_canceled(stripe_api):
    row = refund(stripe_api)
    with pytest.raises(stripe.InvalidRequestError, match="requires an action"):
        StripeRefund.cancel(row)
    assert StripeRefund.model().objects.get().status == "succeeded"


def test_row_of_another_model_is_refused(stripe_api):
    with pytest.raises(TypeError, match="Pass a Charge or its id"):
        StripeRefund.create(refund(stripe_api))
