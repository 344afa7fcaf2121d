import threading

import pytest
import stripe
from django.contrib.auth import get_user_model
from django.db import connection

from stripe_integrations import conf
from stripe_integrations.actions import StripeCustomer

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
    stripe_api.down = 402
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
    stripe_api.delete("customers", stripe_api.objects["customers"][row.pk])
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
