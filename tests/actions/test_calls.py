"""When the same call is the same act at Stripe, and when it is another one."""

import pytest
import stripe

from stripe_integrations import conf
from stripe_integrations.actions import StripeCard, StripeCustomer, StripeSubscription, StripeTaxId
from tests.actions.cases_of_subscriptions import customer_and_prices, subscription
from tests.actions.verb_case import customer, user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def refuses_cards(stripe_api, monkeypatch):
    """Let Stripe decline each new card, until the list that is returned is emptied."""
    attach, reasons = stripe_api.attach, ["declined"]

    def attach_or_decline(owner, token):
        return attach(owner, "tok_chargeDeclined" if reasons else token)

    monkeypatch.setattr(stripe_api, "attach", attach_or_decline)
    return reasons


def test_declined_call_is_made_anew_when_it_is_repeated(stripe_api, refuses_cards):
    owner = customer(stripe_api)
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            StripeCard.create(owner, "tok_visa")
    refuses_cards.clear()
    assert StripeCard.create(owner, "tok_visa").last4 == "4242"


def test_declined_call_with_a_key_of_ones_own_stays_declined(stripe_api, refuses_cards):
    owner = customer(stripe_api)
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            StripeCard.create(owner, "tok_visa", idempotency_key="order 4711")
        refuses_cards.clear()
    assert not conf.model("Card").objects.exists()


def test_balance_adjusted_twice_by_the_same_amount_is_adjusted_twice(stripe_api):
    row = customer(stripe_api)
    for balance in (-500, -1000):
        assert StripeCustomer.adjust_balance(row, -500).balance == row.balance == balance


def test_quantity_incremented_twice_is_two_more(stripe_api):
    row = subscription(stripe_api)
    StripeSubscription.increment_quantity(row)
    assert StripeSubscription.increment_quantity(row).quantity == 4


def test_increment_retried_with_a_key_of_ones_own_after_the_event_is_not_done_again(
    stripe_api, deliver
):
    row = subscription(stripe_api)
    stripe_api.events.clear()
    StripeSubscription.increment_quantity(row, idempotency_key="seat 3")
    with pytest.raises(stripe.IdempotencyError):  # the mirror has 3, so it asks for 4
        StripeSubscription.increment_quantity(row, idempotency_key="seat 3")
    assert stripe_api.objects["subscriptions"][row.pk]["items"]["data"][0]["quantity"] == 3


def test_change_there_and_back_and_there_again_is_three_changes(stripe_api):
    row = customer(stripe_api)
    for name in ("a", "b", "a"):
        StripeCustomer.update(row, name=name)
        assert stripe_api.objects["customers"][row.pk]["name"] == row.name == name


def test_subscription_like_one_that_has_ended_is_a_new_one(stripe_api):
    owner = customer_and_prices(stripe_api)
    first = StripeSubscription.create(owner, ["price_gold"])
    assert StripeSubscription.create(owner, ["price_gold"]) == first
    StripeSubscription.cancel(first, at_period_end=False)
    second = StripeSubscription.create(owner, ["price_gold"])
    assert (second != first, second.status) == (True, "active")


def test_tax_id_like_one_that_was_deleted_is_a_new_one(stripe_api):
    owner = customer(stripe_api)
    first = StripeTaxId.create(owner, "eu_vat", "DE123456789")
    StripeTaxId.delete(first)
    second = StripeTaxId.create(owner, "eu_vat", "DE123456789")
    assert (second != first, second.is_deleted) == (True, False)
    assert first.is_deleted


def test_deletion_of_what_neither_stripe_nor_the_mirror_has_raises(stripe_api):
    with pytest.raises(stripe.InvalidRequestError):
        StripeCustomer.delete("cus_none")
    with pytest.raises(stripe.InvalidRequestError):
        StripeTaxId.delete("txi_none")


def test_customer_is_created_with_a_key_of_ones_own(stripe_api):
    row = StripeCustomer.create(user(), idempotency_key="signup 1")
    assert stripe_api.requests[-1].idempotency_key == "signup 1"
    assert row.user.username == "ada"
