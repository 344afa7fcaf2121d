import threading

import pytest
import stripe
from django.contrib.auth import get_user_model
from django.db import connection

from stripe_integrations import conf
from stripe_integrations.actions import StripeCustomer
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)


def rows():
    return conf.model("Customer").objects


@pytest.fixture
def user():
    return get_user_model().objects.create(username="ada", email="ada@lovelace.example")


def test_created_customer_is_mirrored_and_linked(stripe_api, user):
    row = StripeCustomer.create(user, metadata={"plan": "gold"}, name="Ada")
    assert row == rows().get()
    assert (row.user, row.email, row.name) == (user, "ada@lovelace.example", "Ada")
    assert row.metadata == {"plan": "gold", "user_id": str(user.pk)}


def test_given_email_replaces_the_users(stripe_api, user):
    assert StripeCustomer.create(user, "other@example.com").email == "other@example.com"


def test_create_again_returns_the_first(stripe_api, user):
    assert StripeCustomer.create(user) == StripeCustomer.create(user)
    assert len(stripe_api.requests) == 1


def test_create_at_the_same_moment_is_one_customer(stripe_api, user):
    barrier, made = threading.Barrier(6), []

    def create():
        barrier.wait()
        made.append(StripeCustomer.create(user).pk)
        connection.close()

    threads = [threading.Thread(target=create) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 6
    assert len(set(made)) == len(stripe_api.objects["customers"]) == rows().count() == 1
    assert rows().get().user == user


def test_create_after_the_customer_was_deleted_makes_another(stripe_api, user):
    first = StripeCustomer.create(user)
    StripeCustomer.soft_delete(first.pk)
    second = StripeCustomer.create(user)
    assert first.pk != second.pk
    assert StripeCustomer.get(user) == second


def test_create_that_fails_leaves_nothing(stripe_api, user):
    stripe_api.fail_with(402)
    with pytest.raises(stripe.StripeError):
        StripeCustomer.create(user)
    assert not rows().exists()


def test_two_users_have_two_customers(stripe_api, user):
    other = get_user_model().objects.create(username="bob", email=user.email)
    assert StripeCustomer.create(user) != StripeCustomer.create(other)


def test_get_returns_the_customer_of_our_own_account(stripe_api, user):
    assert StripeCustomer.get(user) is None
    row = StripeCustomer.create(user)
    assert StripeCustomer.get(user) == row
    rows().update(account="acct_1")
    assert StripeCustomer.get(user) is None


def test_deleted_customer_is_a_stub_and_a_tombstone(stripe_api, user):
    row = StripeCustomer.create(user)
    stripe_api.delete("customers", row.pk)
    gone = StripeCustomer.retrieve(row.pk)
    assert (gone.is_deleted, gone.email, gone.user) == (True, user.email, user)


def test_sync_all_mirrors_every_customer(stripe_api):
    for id in ("cus_a", "cus_b"):
        stripe_api.create("customers", {"id": id})
    assert StripeCustomer.sync_all() == 2
    assert rows().count() == 2


def test_sync_links_the_user_that_the_metadata_names(user):
    data = {"id": "cus_1", "object": "customer", "metadata": {"user_id": str(user.pk)}}
    assert rows().get(pk=StripeCustomer.sync(data).pk).user == user


def test_a_linked_user_is_not_replaced(user):
    data = {"id": "cus_1", "object": "customer", "metadata": {"user_id": str(user.pk)}}
    StripeCustomer.sync(data)
    other = get_user_model().objects.create(username="bob")
    data["metadata"] = {"user_id": str(other.pk)}
    StripeCustomer.sync(data)
    assert rows().get().user == user


def test_creations_with_different_parameters_at_once_make_two_customers(stripe_api, user):
    """Two keys and so two customers at Stripe, as nobody can know which is meant; both mirrored."""
    barrier, made = threading.Barrier(2), []

    def create(email):
        barrier.wait()
        made.append(StripeCustomer.create(user, email).pk)
        connection.close()

    threads = [threading.Thread(target=create, args=(f"{name}@example.com",)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(made) == set(stripe_api.objects["customers"])
    assert set(rows().values_list("pk", "user")) == {(pk, user.pk) for pk in made}


def test_create_sends_a_key_that_does_not_tell_the_email(stripe_api, user):
    StripeCustomer.create(user)
    key = stripe_api.requests[0].idempotency_key
    assert len(key) == 64
    assert user.email not in key


def test_create_again_without_the_row_shows_what_stripe_has_now(stripe_api, user):
    first = StripeCustomer.create(user, name="then")
    stripe_api.offset += 10
    stripe_api.change("customers", first.pk, {"name": "now"})
    rows().all().delete()
    second = StripeCustomer.create(user, name="then")
    assert (second.pk, second.name) == (first.pk, "now")
    assert len(stripe_api.objects["customers"]) == 1


def test_create_again_does_not_undo_what_an_event_told(stripe_api, user, deliver):
    first = StripeCustomer.create(user, name="then")
    stripe_api.offset += 10
    stripe_api.change("customers", first.pk, {"name": "now"})
    rows().all().delete()
    deliver(*stripe_api.events.values())
    rows().update(user=None)
    stripe_api.offset += 10
    assert StripeCustomer.create(user, name="then").name == "now"
    assert rows().get().name == "now"


def test_creation_after_a_deletion_at_stripe_makes_a_new_customer(stripe_api, user, deliver):
    first = StripeCustomer.create(user)
    stripe_api.offset += 10
    stripe_api.delete("customers", first.pk)
    deliver(*stripe_api.events.values())
    second = StripeCustomer.create(user)
    assert first.pk != second.pk
    assert list(stripe_api.objects["customers"]) == [second.pk]


def test_create_after_a_deletion_that_no_row_tells_of(stripe_api, user):
    first = StripeCustomer.create(user)
    stripe_api.delete("customers", first.pk)
    rows().all().delete()
    second = StripeCustomer.create(user)
    assert (second.is_deleted, second.pk != first.pk) == (False, True)
    assert StripeCustomer.get(user) == second
    assert list(stripe_api.objects["customers"]) == [second.pk]


def test_user_without_an_email_sends_none(stripe_api):
    row = StripeCustomer.create(get_user_model().objects.create(username="nobody"))
    assert row.email is None
    assert "email" not in stripe_api.requests[0].params


def test_create_that_fails_may_be_tried_again(stripe_api, user):
    stripe_api.fail_with(403)
    with pytest.raises(stripe.PermissionError):
        StripeCustomer.create(user)
    stripe_api.fail_with(None)
    assert StripeCustomer.create(user) == StripeCustomer.get(user) is not None


def test_metadata_of_ones_own_does_not_hide_the_user(stripe_api, user):
    row = StripeCustomer.create(user, metadata={"user_id": "0", "a": "b"})
    assert row.metadata == {"user_id": str(user.pk), "a": "b"}


def test_get_takes_the_newest_that_is_not_deleted(user):
    for id, created in (("cus_a", 3000), ("cus_b", 5000), ("cus_c", 4000)):
        StripeCustomer.sync(objects.customer(id, created=created))
    rows().update(user=user)
    assert StripeCustomer.get(user).pk == "cus_b"
    StripeCustomer.soft_delete("cus_b")
    assert StripeCustomer.get(user).pk == "cus_c"


@pytest.mark.parametrize("value", ["999999999", "9" * 40, "ada", "", " 1", "1.5", 5, None, {}])
def test_user_that_does_not_exist(value):
    row = StripeCustomer.sync(objects.customer(metadata={"user_id": value}))
    assert rows().get(pk=row.pk).user is None


@pytest.mark.parametrize("metadata", [None, [], "x"])
def test_metadata_that_is_none(metadata):
    assert StripeCustomer.sync(objects.customer(metadata=metadata)).user is None


def test_user_that_comes_later_is_linked_by_the_next_event(deliver):
    pk = 4711
    data = objects.customer(metadata={"user_id": str(pk)})
    deliver(objects.event("customer.created", data))
    assert rows().get().user is None
    user = get_user_model().objects.create(pk=pk, username="late")
    deliver(objects.event("customer.updated", data, created=objects.NOW - 60))
    row = rows().get()
    assert (row.user, row.version) == (user, 1)


def test_user_is_named_by_the_metadata_key_of_the_settings(settings, user):
    settings.STRIPE_INTEGRATIONS = {"USER_METADATA_KEY": "uid"}
    StripeCustomer.sync(objects.customer("cus_a", metadata={"uid": str(user.pk)}))
    StripeCustomer.sync(objects.customer("cus_b", metadata={"user_id": str(user.pk)}))
    assert dict(rows().values_list("pk", "user")) == {"cus_a": user.pk, "cus_b": None}


class TestLinkByEmail:
    @pytest.fixture(autouse=True)
    def wanted(self, settings):
        settings.STRIPE_INTEGRATIONS = {"LINK_USERS_BY_EMAIL": True}

    def linked(self, **values):
        StripeCustomer.sync(objects.customer(**values))
        return rows().get().user

    def test_email_without_the_setting_links_nobody(self, settings, user):
        settings.STRIPE_INTEGRATIONS = {}
        assert self.linked(email=user.email) is None

    @pytest.mark.parametrize("email", ["ada@lovelace.example", "Ada@Lovelace.Example"])
    def test_email_of_one_user_links_that_user(self, user, email):
        assert self.linked(email=email) == user

    @pytest.mark.parametrize("email", ["ada@lovelace.exampl", "_da@lovelace.example", "", None, 5])
    def test_email_of_no_user_links_nobody(self, user, email):
        assert self.linked(email=email) is None

    def test_email_of_two_users_links_nobody(self, user):
        get_user_model().objects.create(username="bob", email=user.email.upper())
        assert self.linked(email=user.email) is None

    def test_users_without_an_email_are_nobody(self):
        get_user_model().objects.create(username="nobody", email="")
        assert self.linked(email="") is None

    def test_metadata_counts_more(self, user):
        bob = get_user_model().objects.create(username="bob")
        assert self.linked(email=user.email, metadata={"user_id": str(bob.pk)}) == bob

    def test_linked_one_stays(self, user):
        bob = get_user_model().objects.create(username="bob", email="bob@example.com")
        assert self.linked(email=user.email) == user
        assert self.linked(email=bob.email) == user


class TestConnectedAccounts:
    @pytest.fixture
    def trusted(self, settings):
        settings.STRIPE_INTEGRATIONS = {"TRUSTED_ACCOUNTS": ["acct_1"]}

    @pytest.fixture
    def named(self, user):
        return {"metadata": {"user_id": str(user.pk)}}

    def test_user_that_a_connected_account_names_is_not_linked(self, user, named, deliver):
        deliver(objects.event("customer.created", objects.customer(**named), account="acct_1"))
        assert rows().get().user is None
        assert StripeCustomer.get(user, account="acct_1") is None

    def test_user_that_a_trusted_account_names_is_asked_for_with_the_account(
        self, user, named, deliver, trusted
    ):
        for kind, data in (
            ("customer", objects.customer(**named)),
            ("customer.subscription", objects.subscription()),
            ("customer.source", objects.card()),
        ):
            deliver(objects.event(f"{kind}.created", data, account="acct_1"))
        row = rows().get()
        assert (row.user, StripeCustomer.get(user)) == (user, None)
        assert StripeCustomer.get(user, account="acct_1") == row
        for name in ("Customer", "Subscription", "Card"):
            of_kind = conf.model(name).objects
            assert not of_kind.for_user(user).exists()
            assert of_kind.for_user(user, account="acct_1").exists()
            assert not of_kind.for_user(user, account="acct_2").exists()

    def test_accounts_given_as_text_are_not_trusted(self, user, named, settings):
        settings.STRIPE_INTEGRATIONS = {"TRUSTED_ACCOUNTS": "acct_1"}
        StripeCustomer.sync(objects.customer(**named), account="acct_1")
        assert rows().get().user is None

    def test_email_in_a_connected_account_links_nobody(self, user, settings):
        settings.STRIPE_INTEGRATIONS = {"LINK_USERS_BY_EMAIL": True}
        StripeCustomer.sync(objects.customer(email=user.email), account="acct_1")
        assert rows().get().user is None

    @pytest.mark.parametrize("order", [1, -1])
    @pytest.mark.parametrize("account", ["acct_1", "acct_2", None])
    def test_checkout_links_a_customer_of_its_own_account_only(
        self, user, deliver, trusted, account, order
    ):
        session = {
            "id": "cs_1",
            "object": "checkout.session",
            "client_reference_id": str(user.pk),
            "customer": "cus_1",
        }
        extra = {"account": account} if account else {}
        events = [
            objects.event("checkout.session.completed", session, **extra),
            objects.event("customer.created", objects.customer(), account="acct_1"),
        ]
        deliver(*events[::order])
        assert rows().get().user == (user if account == "acct_1" else None)

    @pytest.mark.parametrize("order", [1, -1])
    def test_link_of_a_connected_account_is_kept_whatever_arrives_first(self, deliver, order):
        events = [
            objects.event("customer.created", objects.customer(), account="acct_1"),
            objects.event("customer.source.created", objects.card(), account="acct_1"),
        ]
        deliver(*events[::order])
        assert conf.model("Card").objects.get().customer == rows().get()

    def test_link_to_a_row_of_another_account_is_null(self, deliver):
        StripeCustomer.sync(objects.customer())
        deliver(
            objects.event("customer.source.created", objects.card(), account="acct_1"),
            objects.event("customer.updated", objects.customer(name="x"), account="acct_1"),
        )
        assert conf.model("Card").objects.get().customer_id is None
        events = conf.model("Event").objects
        assert set(events.values_list("customer_id", flat=True)) == {None}
