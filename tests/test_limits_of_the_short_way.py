"""What the compiled statements leave to the long way, or must not change about it."""

import json
from unittest import mock

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, models
from django.db.models.signals import post_save

from stripe_integrations import conf
from stripe_integrations.dispatch import store
from stripe_integrations.mirror import statements
from stripe_integrations.mirror.tables import Table
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook
from stripe_integrations.webhooks.products import ProductCreatedWebhook

pytestmark = pytest.mark.django_db(transaction=True)


def created(**values):
    return objects.event("product.created", objects.product(**values), id="evt_1")


@pytest.fixture
def ran(own_registry):
    """Collect the events that a class of the project's runs for."""
    found = []

    class Own(BaseWebhook):
        name = ("product", "customer")

        def process_webhook(self):
            found.append(self.event.pk)

    return found


def stored():
    return list(conf.model("Event").objects.values_list("pk", "status"))


def test_link_of_a_user_that_raises_fails_one_class_alone(poster, ran, settings):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "LINK_USERS_BY_EMAIL": True}
    with mock.patch.object(get_user_model(), "EMAIL_FIELD", "no_column", create=True):
        message = objects.event("customer.created", objects.customer(), id="evt_1")
        assert poster.event(message) == 500
    assert (stored(), ran) == ([("evt_1", "failed")], ["evt_1"])


@pytest.fixture
def forgets_columns():
    """What is remembered of the models' columns is forgotten before the test and after it."""
    statements._has_plain_columns.cache_clear()
    yield
    statements._has_plain_columns.cache_clear()


def test_column_that_refuses_a_value_fails_one_class_alone(
    poster, ran, monkeypatch, forgets_columns
):
    field = conf.model("Product")._meta.get_field("name")

    class Strict(type(field)):
        def get_prep_value(self, value):
            if value == "bad":
                raise ValueError("refused")
            return super().get_prep_value(value)

    monkeypatch.setattr(field, "__class__", Strict)
    assert poster.event(created(name="bad")) == 500
    assert (stored(), ran) == ([("evt_1", "failed")], ["evt_1"])


def test_failure_leaves_the_trigger_as_it_was(monkeypatch):
    event = conf.model("Event")(pk="evt_1", kind="product.created", body="{}")
    trigger = conf.model("WebhookEventTrigger")()

    def fail(insertion):
        insertion.trigger.pk, insertion.trigger._state.adding = 7, False
        raise RuntimeError("told to fail")

    monkeypatch.setattr(store.newer, "upsert_of", lambda _event: mock.Mock())
    monkeypatch.setattr(store, "_write", fail)
    assert not store._insert_with_object("default", event, (ProductCreatedWebhook,), trigger)
    assert (trigger.pk, trigger._state.adding) == (None, True)


def test_object_that_cannot_be_mapped_takes_the_long_way(monkeypatch, poster):
    def fail(_event):
        raise RuntimeError("told to fail")

    monkeypatch.setattr(store.newer, "upsert_of", fail)
    assert poster.event(created()) == 200
    assert conf.model("Product").objects.exists()


def test_receivers_of_triggers_hear_of_each(poster):
    heard = []

    def hear(instance, created, **_kwargs):
        heard.append((instance.event_id, created))

    post_save.connect(hear, sender=conf.model("WebhookEventTrigger"))
    try:
        assert poster.event(created()) == 200
    finally:
        post_save.disconnect(hear, sender=conf.model("WebhookEventTrigger"))
    assert heard == [("evt_1", True)]


def test_class_that_a_test_has_patched_is_called(deliver):
    with mock.patch.object(ProductCreatedWebhook, "process_webhook") as patched:
        deliver(created())
    assert patched.called
    assert not conf.model("Product").objects.exists()


def test_default_that_is_called_is_called_for_each_row():
    numbers = iter(range(3))
    model = conf.model("Product")
    column = models.IntegerField(default=lambda: next(numbers))
    column.set_attributes_from_name("number")
    options = mock.Mock(concrete_fields=[model._meta.pk, column])
    made = Table("default", mock.Mock(_meta=options)).row(("id",))
    assert made.fields[-1] is column
    values = [statements._params(connection, [column], [{}])[0] for _ in range(2)]
    if connection.vendor == "postgresql":
        values = [json.loads(value)["number"] for value in values]
    assert values == [0, 1]


@pytest.mark.parametrize("name", ["RECORD_TRIGGERS", "LIVEMODE"])
def test_setting_that_is_patched_in_place_is_read(name, settings):
    value = {"RECORD_TRIGGERS": "none", "LIVEMODE": True}[name]
    before = (conf.get(name), conf.livemode())
    with mock.patch.dict(settings.STRIPE_INTEGRATIONS, {name: value}):
        assert conf.get(name) == value
        assert conf.livemode() is (name == "LIVEMODE")
    assert (conf.get(name), conf.livemode()) == before


@pytest.mark.parametrize("name", ["insert_event", "write_newer"])
def test_statement_that_fails_for_no_usual_reason_is_logged(name, deliver, monkeypatch, caplog):
    def fail(*_args):
        raise RuntimeError("a bug of ours")

    monkeypatch.setattr(statements, name, fail)
    deliver(created())
    assert conf.model("Product").objects.exists()
    is_used = (name == "insert_event") == (connection.vendor == "postgresql")
    told = [record for record in caplog.records if "its statement failed" in record.getMessage()]
    assert [record.levelname for record in told] == ["WARNING"] * is_used


def test_checkout_that_cannot_be_looked_up_is_logged_and_costs_no_event(
    poster, monkeypatch, settings, caplog
):
    def fail(*_args):
        raise RuntimeError("cut")

    monkeypatch.setattr(statements, "exists", fail)
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "RECORD_TRIGGERS": "all"}
    message = objects.event("customer.created", objects.customer(), id="evt_1")
    assert poster.event(message) == 200
    assert stored() == [("evt_1", "processed")]
    assert conf.model("WebhookEventTrigger").objects.count() == 1
    # Elsewhere, the user is linked in the transaction of the write.
    is_told = "could not be linked to the user of its checkout" in caplog.text
    assert is_told is (connection.vendor == "postgresql")
