"""A customer's subscriber is its user here."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError
from django.db import connection

from stripe_integrations import conf
from stripe_integrations.testing import objects
from tests.importing.djstripe_tables import djstripe_tables, execute

OWN, CONNECTED = "acct_own", "acct_connected"


@pytest.fixture
def ada(transactional_db):
    return get_user_model().objects.create(username="ada")


def customer():
    return conf.model("Customer").objects.get()


def test_subscriber_is_linked(tables, import_djstripe, ada):
    tables.add("customer", objects.customer(), subscriber_id=ada.pk)
    import_djstripe()
    assert customer().user == ada


def test_customer_that_is_there_is_linked(tables, import_djstripe, deliver, ada):
    deliver(objects.event("customer.created", objects.customer(name="Ours")))
    tables.add("customer", objects.customer(), subscriber_id=ada.pk)
    import_djstripe()
    assert (customer().user, customer().name) == (ada, "Ours")


def test_user_that_is_linked_stays(tables, import_djstripe, ada):
    other = get_user_model().objects.create(username="other")
    conf.model("Customer").objects.create(id="cus_1", user=other)
    tables.add("customer", objects.customer(), subscriber_id=ada.pk)
    import_djstripe()
    assert customer().user == other


def test_user_in_the_metadata_is_linked(tables, import_djstripe, ada):
    tables.add("customer", objects.customer(metadata={"user_id": str(ada.pk)}), subscriber_id=None)
    import_djstripe()
    assert customer().user == ada


@pytest.mark.parametrize("table", ["account", "subscription"])  # before customers, and after
def test_user_of_a_checkout_is_linked(tables, import_djstripe, ada, table):
    session = objects.build(
        "checkout.session", "cs_1", customer="cus_1", client_reference_id=str(ada.pk)
    )
    tables.add(table, session)
    tables.add("customer", objects.customer(), subscriber_id=None)
    import_djstripe()
    assert customer().user == ada


@pytest.mark.parametrize(("trusted", "linked"), [([], False), ([CONNECTED], True)])
def test_customer_of_a_connected_account_wants_trust(
    tables, import_djstripe, settings, ada, trusted, linked
):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "TRUSTED_ACCOUNTS": trusted}
    tables.add("customer", objects.customer(), CONNECTED, subscriber_id=ada.pk)
    printed = import_djstripe(own_account=OWN)
    assert (customer().user == ada) is linked
    assert ("the account is not in TRUSTED_ACCOUNTS" in printed) is not linked


class TestOtherModel:
    """DJSTRIPE_SUBSCRIBER_MODEL is not the user model."""

    @pytest.fixture
    def teams(self, ada):
        kind = get_user_model()._meta.pk.rel_db_type(connection)
        execute(f"CREATE TABLE teams (id {kind} PRIMARY KEY, owner_id {kind} NULL)")
        execute("INSERT INTO teams (id, owner_id) VALUES (77, %s)", [ada.pk])
        try:
            with djstripe_tables(subscribers="teams") as tables:
                tables.add("customer", objects.customer(), subscriber_id=77)
                yield tables
        finally:
            execute("DROP TABLE teams")

    def test_subscriber_is_left_and_reported(self, teams, import_djstripe):
        assert "1 imported without a user: the subscriber is a row of teams" in import_djstripe()
        assert customer().user is None

    def test_column_of_the_user_is_followed(self, teams, import_djstripe, ada):
        import_djstripe(subscriber_user="owner_id")
        assert customer().user == ada

    def test_column_that_there_is_not_is_refused(self, teams, import_djstripe):
        with pytest.raises(CommandError, match="teams has no column boss_id"):
            import_djstripe(subscriber_user="boss_id")
