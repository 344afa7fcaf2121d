import pytest
import stripe

from stripe_integrations import conf
from stripe_integrations.actions import StripeBankAccount, StripeCard, StripeCustomer
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def customer(stripe_api):
    stripe_api.create("customers", {"id": "cus_ada"})
    return StripeCustomer.retrieve("cus_ada")


def test_created_card_is_mirrored_until_it_is_deleted(stripe_api, customer):
    card = StripeCard.create(customer, "tok_visa")
    assert (card.customer, card.last4) == (customer, "4242")
    assert stripe_api.requests[-1][2] == {"source": "tok_visa"}
    gone = StripeCard.delete(card)
    assert (gone.pk, gone.is_deleted, gone.last4) == (card.pk, True, "4242")
    assert stripe_api.current.sources == {"cus_ada": {}}


def test_retrieve_needs_the_customer_of_a_card_without_a_row(customer):
    card = StripeCard.create(customer, "tok_visa")
    assert StripeCard.retrieve(card.pk) == card
    conf.model("Card").objects.all().delete()
    with pytest.raises(ValueError, match="only below its customer"):
        StripeCard.retrieve(card.pk)
    assert StripeCard.retrieve(card.pk, customer="cus_ada") == card
    conf.model("Card").objects.all().delete()
    assert StripeCard.retrieve(card.pk, customer=customer) == card


def test_unknown_card_raises_invalid_request(customer):
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


def test_sync_all_reads_every_page_and_only_cards(stripe_api, customer):
    for _ in range(101):
        stripe_api.attach("cus_ada", "tok_visa")
    assert StripeBankAccount.sync_all() == 0
    assert StripeCard.sync_all() == 101
    assert conf.model("Card").objects.filter(customer=customer).count() == 101


def test_sync_all_skips_a_customer_deleted_since_it_was_listed(
    stripe_api, customer, before_each_answer
):
    stripe_api.create("customers", {"id": "cus_gone"})
    kept = stripe_api.attach("cus_ada", "tok_visa")
    stripe_api.attach("cus_gone", "tok_visa")

    def delete(request):
        if request.path == "/v1/customers":
            stripe_api.delete("customers", "cus_gone")

    before_each_answer(delete)
    assert StripeCard.sync_all() == 1
    assert conf.model("Card").objects.get().pk == kept["id"]
    assert "/v1/customers/cus_gone/sources" in [each.path for each in stripe_api.requests]


def test_card_that_is_declined(stripe_api, customer):
    with pytest.raises(stripe.CardError, match="declined") as error:
        StripeCard.create(customer, "tok_chargeDeclined")
    assert (error.value.code, error.value.http_status) == ("card_declined", 402)
    assert not conf.model("Card").objects.exists()


def test_delete_that_fails_leaves_the_row(stripe_api, customer):
    card = StripeCard.create(customer, "tok_visa")
    stripe_api.fail_with(403)
    with pytest.raises(stripe.PermissionError):
        StripeCard.delete(card)
    assert not conf.model("Card").objects.get().is_deleted


def test_card_of_a_connected_account_is_read_as_that_account(stripe_api):
    with stripe_api.acting_for("acct_1"):
        stripe_api.create("customers", {"id": "cus_ada"})
    customer = StripeCustomer.retrieve("cus_ada", account="acct_1")
    card = StripeCard.create(customer, "tok_mastercard")
    assert (card.account, card.brand, card.last4) == ("acct_1", "MasterCard", "4444")
    assert StripeCard.retrieve(card.pk, account="acct_1") == card
    assert StripeCard.delete(card).is_deleted
    assert {request.account for request in stripe_api.requests} == {"acct_1"}


def test_ids_are_quoted(stripe_api, customer):
    with pytest.raises(stripe.InvalidRequestError):
        StripeCard.retrieve("../x", customer="a/b")
    assert stripe_api.requests[-1].path == "/v1/customers/a%2Fb/sources/..%2Fx"


def test_card_follows_its_events(stripe_api, customer, deliver):
    id = stripe_api.attach("cus_ada", "tok_visa")["id"]
    stripe_api.offset += 10
    stripe_api.detach("cus_ada", id)
    messages = [each for each in stripe_api.events.values() if "source" in each["type"]]
    deliver(*reversed(messages))
    row = conf.model("Card").objects.get()
    assert (row.pk, row.is_deleted, row.last4, row.customer) == (id, True, "4242", customer)


def test_late_event_does_not_bring_a_deleted_card_back(stripe_api, customer, deliver):
    stripe_api.offset = -100
    card = StripeCard.create(customer, "tok_visa")
    stripe_api.offset = 0
    StripeCard.delete(card)
    late = objects.card(card.pk, customer="cus_ada", name="from before the deletion")
    deliver(objects.event("customer.source.updated", late, created=stripe_api.now() - 50))
    assert conf.model("Card").objects.get().is_deleted


def test_sync_all_knows_whose_a_card_is_where_the_row_does_not(stripe_api, customer):
    id = stripe_api.attach("cus_ada", "tok_visa")["id"]
    StripeCard.sync(objects.card(id, customer=None))
    conf.model("Card").objects.update(as_of=stripe_api.now() + 60)
    assert StripeCard.sync_all() == 1
    assert conf.model("Card").objects.get().customer == customer
