import threading

import pytest
import stripe
from django.contrib.auth import get_user_model
from django.db import connection

from stripe_integrations import conf
from stripe_integrations.actions import StripeCustomer
from tests import objects

pytestmark = pytest.mark.django_db(transaction=True)


def rows():
    return conf.model("Customer").objects


@pytest.fixture
def user():
    return get_user_model().objects.create(username="ada", email="ada@lovelace.example")


def test_create(stripe_api, user):
    row = StripeCustomer.create(user, metadata={"plan": "gold"}, name="Ada")
    assert row == rows().get()
    assert (row.user, row.email, row.name) == (user, "ada@lovelace.example", "Ada")
    assert row.metadata == {"plan": "gold", "user_id": str(user.pk)}


def test_create_with_another_email(stripe_api, user):
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


def test_get(stripe_api, user):
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


def test_sync_all(stripe_api):
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


def test_create_with_other_parameters_at_the_same_moment(stripe_api, user):
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


def test_create_after_the_customer_was_deleted_at_stripe(stripe_api, user, deliver):
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


def test_create_for_a_user_without_an_email(stripe_api):
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


def test_other_metadata_key(settings, user):
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

    def test_only_if_the_project_wants_it(self, settings, user):
        settings.STRIPE_INTEGRATIONS = {}
        assert self.linked(email=user.email) is None

    @pytest.mark.parametrize("email", ["ada@lovelace.example", "Ada@Lovelace.Example"])
    def test_one_user(self, user, email):
        assert self.linked(email=email) == user

    @pytest.mark.parametrize("email", ["ada@lovelace.exampl", "_da@lovelace.example", "", None, 5])
    def test_no_user(self, user, email):
        assert self.linked(email=email) is None

    def test_two_users(self, user):
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
