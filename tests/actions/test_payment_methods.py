import pytest
import stripe

from stripe_integrations.actions import (
    StripeCharge,
    StripeCustomer,
    StripePaymentMethod,
    StripeSetupIntent,
)
from tests.actions.at_stripe import make
from tests.actions.cases_of_payments import (
    customer_with_method,
    loose_method,
    method,
    paid_charge,
    setup_intent,
)
from tests.actions.verb_case import user

pytestmark = pytest.mark.django_db(transaction=True)


def test_sync_of_a_customer_reads_every_page_of_theirs_alone(stripe_api):
    owner = customer_with_method(stripe_api)
    for number in range(100):
        stripe_api.create("payment_methods", {"id": f"pm_{number + 2}", "customer": owner.pk})
    stripe_api.create("payment_methods", {"id": "pm_else", "customer": "cus_else"})
    rows = StripePaymentMethod.sync_of(owner)
    assert len(rows) == StripePaymentMethod.model().objects.count() == 101
    assert set(StripePaymentMethod.of(owner)) == set(rows)
    paths = {each.path for each in stripe_api.requests[-2:]}
    assert paths == {"/v1/customers/cus_ada/payment_methods"}


def test_sync_of_passes_stripes_filters_on(stripe_api):
    owner = customer_with_method(stripe_api)
    assert StripePaymentMethod.sync_of(owner, type="sepa_debit") == []
    assert [row.pk for row in StripePaymentMethod.sync_of(owner, type="card")] == ["pm_1"]


def test_charges_of_a_customer_are_listed_by_it(stripe_api):
    charge = paid_charge(stripe_api)
    assert StripeCharge.sync_of("cus_ada") == [charge]
    asked = stripe_api.requests[-1]
    assert (asked.path, asked.params["customer"]) == ("/v1/charges", "cus_ada")


def test_user_without_a_customer_has_none_and_cannot_be_listed(stripe_api):
    ada = user()
    assert list(StripePaymentMethod.of(ada)) == []
    with pytest.raises(ValueError, match="has no customer"):
        StripePaymentMethod.sync_of(ada)
    assert stripe_api.requests == []


def test_users_own_methods_are_found_in_the_mirror(stripe_api):
    ada = user()
    owner = StripeCustomer.create(ada)
    stripe_api.create("payment_methods", {"id": "pm_1", "customer": owner.pk})
    assert StripePaymentMethod.sync_of(ada) == list(StripePaymentMethod.of(ada)) != []
    StripePaymentMethod.soft_delete("pm_1")
    assert list(StripePaymentMethod.of(ada)) == []


def test_detached_method_is_not_attached_again(stripe_api):
    row = method(stripe_api)
    assert StripePaymentMethod.detach(row).customer_id is None
    assert row.customer_id is None
    with pytest.raises(stripe.InvalidRequestError, match="may not be used again"):
        StripePaymentMethod.attach(row, "cus_ada")


def test_default_method_is_in_the_customers_row(stripe_api):
    owner = customer_with_method(stripe_api)
    row = StripePaymentMethod.set_default(owner, "pm_1")
    assert row == owner
    told = {"default_payment_method": "pm_1"}
    assert (row.stripe_data["invoice_settings"], owner.stripe_data["invoice_settings"]) == (
        told,
        told,
    )


def test_users_default_method_is_set_on_their_customer(stripe_api):
    ada = user()
    owner = StripeCustomer.create(ada)
    stripe_api.create("payment_methods", {"id": "pm_1", "customer": owner.pk})
    assert StripePaymentMethod.set_default(ada, "pm_1") == owner


def test_method_without_a_row_is_attached_in_the_customers_account(stripe_api):
    with stripe_api.acting_for("acct_1"):
        stripe_api.create("customers", {"id": "cus_c"})
        stripe_api.create("payment_methods", {"id": "pm_c", "customer": None})
    owner = StripeCustomer.retrieve("cus_c", account="acct_1")
    row = StripePaymentMethod.attach("pm_c", owner)
    assert (row.account, row.customer) == ("acct_1", owner)


def test_attached_method_is_the_customers(stripe_api):
    row = loose_method(stripe_api)
    attached = StripePaymentMethod.attach(row, StripeCustomer.retrieve("cus_ada"))
    assert attached.customer_id == row.customer_id == "cus_ada"


def test_setup_intents_secret_is_on_the_row_that_is_returned_alone(stripe_api):
    row = setup_intent(stripe_api)
    secret = f"{row.pk}_secret_ada"
    stored = StripeSetupIntent.model().objects.get()
    assert stored.client_secret is None
    assert StripeSetupIntent.confirm(stored, payment_method="pm_1").client_secret == secret


def test_setup_intent_that_is_done_is_not_handed_out_again(stripe_api):
    owner = customer_with_method(stripe_api)
    first = StripeSetupIntent.create(owner)
    assert StripeSetupIntent.create(owner) == first
    make(stripe_api, f"setup_intents/{first.pk}/confirm", payment_method="pm_1")
    assert StripeSetupIntent.create(owner) != first
