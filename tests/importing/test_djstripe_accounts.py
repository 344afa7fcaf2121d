"""Rows of our own account have no account; those of connected accounts keep theirs."""

import pytest
from django.core.management import CommandError

from stripe_integrations import conf
from stripe_integrations.testing import objects

OWN, CONNECTED = "acct_own", "acct_connected"


def accounts():
    return dict(conf.model("Product").objects.values_list("pk", "account"))


@pytest.fixture
def products(tables):
    tables.add("product", objects.product("prod_1"), OWN)
    tables.add("product", objects.product("prod_2"), CONNECTED)
    return tables


EXPECTED = {"prod_1": None, f"{CONNECTED}/prod_2": CONNECTED}


def test_account_with_a_secret_key_is_our_own(products, import_djstripe):
    products.add("apikey", {}, OWN, type="secret")
    products.add("apikey", {}, CONNECTED, type="publishable")
    import_djstripe()
    assert accounts() == EXPECTED


def test_only_account_is_our_own(tables, import_djstripe):
    tables.add("product", objects.product("prod_1"), OWN)
    tables.add("product", objects.product("prod_2"))
    import_djstripe()
    assert accounts() == {"prod_1": None, "prod_2": None}


@pytest.mark.parametrize("types", [(), ("secret", "secret")])
def test_several_accounts_want_the_option(products, import_djstripe, types):
    for owner, type in zip((OWN, CONNECTED), types, strict=False):
        products.add("apikey", {}, owner, type=type)
    with pytest.raises(CommandError, match="acct_connected, acct_own"):
        import_djstripe()
    assert not accounts()
    import_djstripe(own_account=OWN)
    assert accounts() == EXPECTED


def test_owner_may_be_the_key_of_a_row(tables, import_djstripe):
    """DJSTRIPE_FOREIGN_KEY_TO_FIELD is "djstripe_id"."""
    tables.add("account", objects.build("account", OWN), djstripe_id="101")
    tables.add("account", objects.build("account", CONNECTED), djstripe_id="102")
    tables.add("product", objects.product("prod_1"), "101")
    tables.add("product", objects.product("prod_2"), "102")
    import_djstripe(own_account=OWN)
    assert accounts() == EXPECTED


def test_row_of_an_account_itself_is_ours(tables, import_djstripe):
    tables.add("account", objects.build("account", CONNECTED), CONNECTED)
    import_djstripe(own_account=OWN)
    assert conf.model("Account").objects.get().account is None


def test_row_of_another_account_is_left(tables, import_djstripe):
    data = objects.customer()
    conf.model("Customer").objects.create(id="cus_1", account="acct_other")
    tables.add("customer", data, CONNECTED)
    assert "1 of another account than the row that is there" in import_djstripe(own_account=OWN)


def test_option_that_is_no_account_is_refused(tables, import_djstripe):
    with pytest.raises(CommandError, match="is not the id of a connected account"):
        import_djstripe("--own-account", "own")


@pytest.mark.parametrize(
    ("told", "account"), [([CONNECTED], CONNECTED), ([CONNECTED, None], None), ([], None)]
)
def test_object_that_only_another_accounts_events_tell_of_is_theirs(
    tables, import_djstripe, told, account
):
    """dj-stripe stores the objects of connected accounts as its own account's."""
    for each in told:
        message = objects.event("customer.created", objects.customer(), account=each)
        tables.event(message, each or OWN)
    tables.add("customer", objects.customer(), OWN)
    import_djstripe(own_account=OWN)
    assert conf.model("Customer").objects.get().account == account
