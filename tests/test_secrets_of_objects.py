"""What is never stored of an object, whichever way it comes in."""

import json

import pytest
from django.db.models.signals import post_save

from stripe_integrations import conf, kinds
from stripe_integrations.mirror import snapshots, sync, write
from stripe_integrations.mirror.ordering import Snapshot
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "what nobody may read"


@pytest.fixture
def kind(monkeypatch):
    """The kind of products, whose descriptions are secret here."""
    secretive = kinds.Kind("product", "Product", "products", secrets=frozenset({"description"}))
    monkeypatch.setitem(kinds.MIRRORED, "product", secretive)
    kinds.of.cache_clear()
    yield secretive
    kinds.of.cache_clear()


def stored():
    row = conf.model("Product").objects.get()
    return json.dumps(row.stripe_data), row.description


def test_event_by_the_short_way_stores_no_secret(poster, kind):
    event = objects.event("product.created", objects.product(description=SECRET))
    assert poster.event(event) == 200
    data, column = stored()
    assert SECRET not in data
    assert column is None


def test_event_by_the_long_way_stores_no_secret(poster, kind):
    model = conf.model("Product")

    def listen(**_kwargs):
        pass

    post_save.connect(listen, sender=model)
    try:
        event = objects.event("product.created", objects.product(description=SECRET))
        assert poster.event(event) == 200
    finally:
        post_save.disconnect(listen, sender=model)
    data, column = stored()
    assert SECRET not in data
    assert column is None


def test_answer_that_settles_a_doubt_stores_no_secret(stripe_api, kind):
    stripe_api.create("products", {"id": "prod_1", "name": "Gold", "description": SECRET})
    sync.sync(kind, objects.product(description=SECRET), None)
    sync.sync(kind, objects.product(name="Of unknown age", description=SECRET), None)
    data, column = stored()
    assert json.loads(data)["name"] == "Gold"
    assert SECRET not in data
    assert column is None


def test_previous_value_of_a_secret_is_not_stored(kind):
    previous = {"description": SECRET}
    data = objects.product(description="another")
    write.write(kind, Snapshot(data, "updated", objects.NOW, previous, as_of=objects.NOW))
    assert SECRET not in json.dumps(conf.model("Product").objects.get().trail)


def test_previous_value_of_a_secret_does_not_raise_a_doubt(kind):
    for name, before in (("Gold", "Bronze"), ("Silver", "Gold")):
        data = objects.product(description="another", name=name)
        previous = {"description": SECRET, "name": before}
        write.write(kind, Snapshot(data, "updated", objects.NOW, previous, as_of=objects.NOW))
    row = conf.model("Product").objects.get()
    assert (row.name, row.in_doubt) == ("Silver", False)


def test_kind_without_secrets_keeps_its_snapshot():
    snapshot = Snapshot(objects.product())
    assert snapshots.without_secrets(kinds.PRODUCT, snapshot) is snapshot
