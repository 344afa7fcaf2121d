import pytest
import stripe

from stripe_integrations import conf
from stripe_integrations.actions import StripeCard, StripeCustomer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer(stripe_api):
    stripe_api.create("customers", {"id": "cus_ada"})
    return StripeCustomer.retrieve("cus_ada")


def test_create_and_delete(stripe_api, customer):
    card = StripeCard.create(customer, "tok_visa")
    assert (card.customer, card.last4) == (customer, "4242")
    assert stripe_api.requests[-1][2] == {"source": "tok_visa"}
    gone = StripeCard.delete(card)
    assert (gone.pk, gone.is_deleted, gone.last4) == (card.pk, True, "4242")
    assert stripe_api.sources == {"cus_ada": {}}


def test_retrieve_by_the_rows_customer_or_a_named_one(customer):
    card = StripeCard.create(customer, "tok_visa")
    assert StripeCard.retrieve(card.pk) == card
    conf.model("Card").objects.all().delete()
    with pytest.raises(ValueError, match="only below its customer"):
        StripeCard.retrieve(card.pk)
    assert StripeCard.retrieve(card.pk, customer="cus_ada") == card


def test_retrieve_unknown(customer):
    with pytest.raises(stripe.InvalidRequestError):
        StripeCard.retrieve("card_none", customer="cus_ada")


def test_sync_all_reads_the_cards_of_each_customer(stripe_api, customer):
    stripe_api.create("customers", {"id": "cus_bob"})
    for owner in (customer, StripeCustomer.retrieve("cus_bob")):
        StripeCard.create(owner, "tok_visa")
    conf.model("Card").objects.all().delete()
    assert StripeCard.sync_all() == 2
    owners = conf.model("Card").objects.values_list("customer__pk", flat=True)
    assert set(owners) == {"cus_ada", "cus_bob"}
