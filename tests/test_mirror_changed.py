"""`signals.mirror_changed`, and Django's own signals, from every way of writing."""

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import models
from django.db.models.signals import post_save

from stripe_integrations import conf, signals
from stripe_integrations.actions import StripeCustomer, StripeProduct
from stripe_integrations.mirror import statements, write
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def heard():
    """Collect what is told of products."""
    told = []

    def hear(sender, instance, created, before, event, **_kwargs):
        stored = conf.model("Product").objects.get(pk=instance.pk)
        assert (sender, stored.name) == (conf.model("Product"), instance.name)
        told.append((created, before, event and event.pk))

    signals.mirror_changed.connect(hear, sender=conf.model("Product"))
    yield told
    signals.mirror_changed.disconnect(hear, sender=conf.model("Product"))


@pytest.fixture
def refusing():
    def refuse(before, **_kwargs):
        if "name" in before:
            raise RuntimeError("told to fail")

    signals.mirror_changed.connect(refuse)
    yield
    signals.mirror_changed.disconnect(refuse)


def event(verb, seconds, **values):
    data = objects.product(**values)
    return objects.event(f"product.{verb}", data, created=objects.NOW + seconds, id=f"evt_{verb}")


def test_events_of_an_object_are_told_with_what_changed(poster, heard):
    for message in (event("created", 0), event("updated", 60, name="New"), event("deleted", 120)):
        assert poster.event(message) == 200
    (created, updated, deleted) = heard
    assert created == (True, {}, "evt_created")
    assert updated[0] is False
    assert (updated[1]["name"], updated[2]) == ("Gold", "evt_updated")
    assert deleted[1]["deleted_at"] is None


def test_duplicate_is_not_told_again(poster, heard):
    for _ in range(2):
        assert poster.event(event("created", 0)) == 200
    assert len(heard) == 1


def test_event_that_is_older_is_not_told(poster, heard):
    assert poster.event(event("updated", 60)) == 200
    assert poster.event(event("created", 0)) == 200
    assert len(heard) == 1


def test_sync_is_told_without_an_event(stripe_api, heard):
    stripe_api.create("products", {"id": "prod_1", "name": "Right"})
    StripeProduct.retrieve("prod_1")
    assert heard == [(True, {}, None)]


def test_repair_of_a_difference_is_told(stripe_api, heard):
    stripe_api.create("products", {"id": "prod_1", "name": "Right"})
    StripeProduct.retrieve("prod_1")
    row = conf.model("Product").objects.get()
    row.stripe_data = {**row.stripe_data, "name": "Wrong"}
    row.name, row.as_of, row.fetched_at = "Wrong", 1, 1
    models.Model.save_base(row, raw=True)
    del heard[:]
    call_command("stripe_verify", "product", "--fix")
    assert [(created, before["name"]) for created, before, _ in heard] == [(False, "Wrong")]


def test_soft_delete_is_told(heard):
    StripeProduct.sync(objects.product())
    StripeProduct.soft_delete("prod_1")
    assert heard[1:] == [(False, {"deleted_at": None}, None)]


def test_receiver_that_raises_undoes_the_write(poster, refusing):
    assert poster.event(event("created", 0)) == 200
    assert poster.event(event("updated", 60, name="New")) == 500
    assert conf.model("Product").objects.get().name == "Gold"
    failed = conf.model("Event").objects.get(pk="evt_updated")
    assert (failed.status, failed.error) == ("failed", "RuntimeError: told to fail")


def test_receivers_of_post_save_are_called_by_every_write(poster, stripe_api):
    saved = []

    def hear(instance, created, **_kwargs):
        saved.append((instance.name, created))

    stripe_api.create("products", {"id": "prod_1", "name": "Right"})
    post_save.connect(hear, sender=conf.model("Product"))
    try:
        assert poster.event(event("created", -200)) == 200
        assert poster.event(event("updated", -100, name="New")) == 200
        StripeProduct.retrieve("prod_1")
    finally:
        post_save.disconnect(hear, sender=conf.model("Product"))
    assert saved == [("Gold", True), ("New", False), ("Right", False)]


def test_save_of_a_projects_own_is_called_by_every_write(poster, monkeypatch):
    saved = []

    def save(self, *args, **kwargs):
        saved.append(self.name)
        models.Model.save(self, *args, **kwargs)

    statements._has_plain_columns.cache_clear()
    monkeypatch.setattr(conf.model("Product"), "save", save)
    try:
        assert poster.event(event("created", 0)) == 200
        assert poster.event(event("updated", 60, name="New")) == 200
    finally:
        statements._has_plain_columns.cache_clear()
    assert saved == ["Gold", "New"]


def test_column_that_each_save_sets_is_set_by_a_write(monkeypatch):
    row = StripeProduct.sync(objects.product())
    monkeypatch.setattr(row._meta.get_field("updated"), "auto_now", True)
    statements._has_plain_columns.cache_clear()
    before = row.updated
    try:
        write.write_version(type(row).objects.using("default"), row, {"name": "New"})
    finally:
        statements._has_plain_columns.cache_clear()
    row.refresh_from_db()
    assert row.name == "New"
    assert row.updated > before


@pytest.fixture
def heard_columns():
    """Collect what is told of customers and accounts, and what `post_save` then finds stored."""
    told, saved, names = [], [], ("Customer", "Account")

    def hear(instance, created, before, **_kwargs):
        told.append((created, before))

    def hear_save(sender, instance, update_fields, **_kwargs):
        stored = sender.objects.values().get(pk=instance.pk)
        saved.append({name: stored[name] for name in update_fields or ()})

    for name in names:
        signals.mirror_changed.connect(hear, sender=conf.model(name))
        post_save.connect(hear_save, sender=conf.model(name))
    yield told, saved
    for name in names:
        signals.mirror_changed.disconnect(hear, sender=conf.model(name))
        post_save.disconnect(hear_save, sender=conf.model(name))


@pytest.fixture
def user():
    return get_user_model().objects.create(username="ada")


def checkout(user, seconds):
    data = {"id": "cs_1", "object": "checkout.session", "customer": "cus_1"}
    data["client_reference_id"] = str(user.pk)
    created = objects.NOW + seconds
    return objects.event("checkout.session.completed", data, created=created)


def test_link_by_metadata_is_told(heard_columns, user):
    told, saved = heard_columns
    row = StripeCustomer.sync(objects.customer(metadata={"user_id": str(user.pk)}))
    assert told == [(True, {}), (False, {"user_id": None})]
    assert saved == [{}, {"user_id": user.pk}]
    assert row.user == user


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_link_by_checkout_is_told_in_either_order(poster, heard_columns, user, order):
    told, saved = heard_columns
    created = objects.event("customer.created", objects.customer(), created=objects.NOW)
    messages = [created, checkout(user, 10)]
    for place in order:
        assert poster.event(messages[place]) == 200
    assert told == [(True, {}), (False, {"user_id": None})]
    assert saved == [{}, {"user_id": user.pk}]
    assert conf.model("Customer").objects.get().user == user


def test_created_customer_is_told_with_its_user_once(stripe_api, heard_columns, user):
    StripeCustomer.create(user)
    assert heard_columns[0] == [(True, {}), (False, {"user_id": None})]


def test_user_that_replaces_another_is_told(stripe_api, heard_columns, user):
    told, saved = heard_columns
    row = StripeCustomer.create(user)
    other = get_user_model().objects.create(username="bob")
    conf.model("Customer").objects.update(user=other)
    del told[:], saved[:]
    assert StripeCustomer.create(user).user == user
    assert told == [(False, {"user_id": other.pk})]
    assert saved[1:] == [{"user_id": user.pk}]
    assert conf.model("Customer").objects.get(pk=row.pk).user == user


def test_receiver_that_raises_undoes_the_link(user):
    def refuse(before, **_kwargs):
        if "user_id" in before:
            raise RuntimeError("told to fail")

    signals.mirror_changed.connect(refuse, sender=conf.model("Customer"))
    try:
        with pytest.raises(RuntimeError, match="told to fail"):
            StripeCustomer.sync(objects.customer(metadata={"user_id": str(user.pk)}))
    finally:
        signals.mirror_changed.disconnect(refuse, sender=conf.model("Customer"))
    assert not conf.model("Customer").objects.exists()


def authorization(verb, seconds):
    data = {"id": "ca_1", "object": "application", "name": "Shop"}
    kind = f"account.application.{verb}"
    return objects.event(kind, data, created=objects.NOW + seconds, account="acct_1")


@pytest.mark.parametrize("has_row", [True, False])
def test_deauthorization_of_an_account_is_told(deliver, heard_columns, has_row):
    told, _ = heard_columns
    if has_row:
        conf.model("Account").objects.create(id="acct_1")
    deliver(authorization("deauthorized", 0))
    since = conf.model("Account").objects.get().deauthorized_at
    assert since is not None
    deliver(authorization("deauthorized", -60))  # an older one
    deliver(authorization("authorized", 60))
    first = (False, {"deauthorized_at": None}) if has_row else (True, {})
    assert told == [first, (False, {"deauthorized_at": since})]
    row = conf.model("Account").objects.get()
    assert (row.deauthorized_at, row.version) == (None, 3 if has_row else 2)
