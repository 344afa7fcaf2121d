"""A connected account is the first to name an object of another account; then that tells of it.

`acct_x` signs its events, so their accounts are its own, and their objects may be anybody's.
"""

import io

import pytest
from django.core.management import call_command

from stripe_integrations import conf
from stripe_integrations.actions import StripeAccount, StripeCustomer
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)

FORGER = "acct_x"
KIND = "customer"


def rows(name="Customer"):
    return conf.model(name).objects


def event(verb, at=0, account=None, **values):
    message = objects.event(
        f"{KIND}.{verb}", objects.customer("cus_1", **values), created=objects.NOW - 1000 + at
    )
    return {**message, "account": account} if account else message


@pytest.fixture(params=["alive", "404", "dead"])
def api(request, stripe_api):
    """Stripe's API: it has the object in its true account, or nothing, or is down."""
    if request.param == "dead":
        stripe_api.down()
    return request.param


def at_stripe(stripe_api, api, account, **values):
    if api == "alive":
        with stripe_api.acting_for(account) as held:
            held.objects["customers"]["cus_1"] = objects.customer("cus_1", **values)


def owner():
    return rows().values_list("account", "name").get()


@pytest.mark.parametrize("verb", ["created", "updated", "deleted"])
def test_our_event_takes_the_row_that_another_account_made(deliver, stripe_api, api, verb):
    at_stripe(stripe_api, api, None, name="Ours")
    deliver(event(verb, account=FORGER, name="forged", email="eve@example.com"))
    assert owner() == (FORGER, "forged")
    ours = event("updated", at=-100, name="Ours")  # also if the forged one claims to be later
    del ours["data"]["object"]["email"]
    deliver(ours)
    row = rows().get()
    assert (row.account, row.name, row.is_deleted) == (None, "Ours", False)
    assert row.in_doubt is (api != "alive")
    assert row.email != "eve@example.com"
    deliver(event("updated", at=100, account=FORGER, name="forged"))
    assert owner() == (None, "Ours")


def test_our_event_takes_no_row_that_the_api_has_shown_elsewhere(deliver, stripe_api, api):
    with stripe_api.acting_for("acct_y"):
        stripe_api.hangs_up = False
        stripe_api.create("customers", {"id": "cus_1", "name": "Theirs"})
    StripeCustomer.retrieve("cus_1", account="acct_y")
    stripe_api.hangs_up = api == "dead"
    at_stripe(stripe_api, api, None, name="Ours")
    deliver(event("updated", name="Ours"))
    assert owner() == ((None, "Ours") if api == "alive" else ("acct_y", "Theirs"))
    assert rows().get().in_doubt is (api == "dead")


def test_between_two_connected_accounts_the_api_decides(deliver, stripe_api, api):
    at_stripe(stripe_api, api, "acct_y", name="Theirs")
    deliver(event("created", account=FORGER, name="forged"))
    deliver(event("updated", at=100, account="acct_y", name="Theirs"))
    assert owner() == (("acct_y", "Theirs") if api == "alive" else (FORGER, "forged"))
    assert rows().get().in_doubt is (api == "dead")


def test_forged_deletions_move_no_row_of_another_connected_account(deliver, stripe_api, api):
    at_stripe(stripe_api, api, "acct_y", name="Theirs")
    deliver(event("created", account="acct_y", name="Theirs"))
    for at in (100, 200, 201):
        deliver(event("deleted", at=at, account=FORGER, name="forged"))
    row = rows().get()
    assert (row.account, row.name, row.is_deleted) == ("acct_y", "Theirs", False)


def test_user_of_a_trusted_account_does_not_stay_with_a_row_that_moves(
    deliver, stripe_api, api, settings, django_user_model
):
    eve = django_user_model.objects.create(username="eve")
    ada = django_user_model.objects.create(username="ada")
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "TRUSTED_ACCOUNTS": [FORGER]}
    at_stripe(stripe_api, api, None, name="Ours")
    deliver(event("created", account=FORGER, metadata={"user_id": str(eve.pk)}))
    assert rows().get().user == eve
    checkout = {"id": "cs_1", "object": "checkout.session", "customer": "cus_1"}
    checkout["client_reference_id"] = str(ada.pk)
    deliver(objects.event("checkout.session.completed", checkout))
    deliver(event("updated", at=100, name="Ours"))
    assert (rows().get().account, rows().get().user) == (None, ada)


@pytest.mark.parametrize("created", [objects.NOW - 5, None], ids=["a time", "no time"])
def test_verify_repairs_a_row_that_another_account_made(deliver, stripe_api, created):
    stripe_api.create("customers", {"id": "cus_1", "name": "Ours"})
    data = stripe_api.objects["customers"]["cus_1"]
    forged = {**data, **({"created": created} if created else {})}
    deliver({**objects.event("customer.created", forged), "account": FORGER})
    out = io.StringIO()
    call_command("stripe_verify", "customer", "--fix", stdout=out)
    assert "fixed stale customer cus_1" in out.getvalue()
    assert owner() == (None, "Ours")
    call_command("stripe_verify", "customer", stdout=out)


class TestAccounts:
    def message(self, name, account, **values):
        message = objects.event(name, {"id": "acct_y", "object": "account", **values})
        return {**message, "account": account}

    def test_accounts_own_event_takes_its_row(self, deliver, stripe_api, api):
        if api == "alive":
            stripe_api.current.others["accounts"] = {
                "acct_y": {"id": "acct_y", "object": "account", "email": "real@example.com"}
            }
        deliver(self.message("account.updated", FORGER, email="forged@example.com"))
        deliver(self.message("account.updated", "acct_y", email="real@example.com"))
        deliver(self.message("account.updated", FORGER, email="forged@example.com"))
        row = rows("Account").get()
        assert (row.account, row.email) == (None, "real@example.com")
        assert StripeAccount.model().objects.filter(account=None).get() == row

    def test_deauthorized_account_keeps_nothing_that_another_one_said(self, deliver):
        deliver(self.message("account.updated", FORGER, email="forged@example.com"))
        application = {"id": "ca_1", "object": "application"}
        name = "account.application.deauthorized"
        deliver({**objects.event(name, application), "account": "acct_y"})
        row = rows("Account").get()
        assert (row.account, row.email, row.stripe_data) == (None, None, {})
        assert row.deauthorized_at is not None
