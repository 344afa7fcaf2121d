"""`events.new_row` makes the row that Django's constructor makes."""

import pytest
from django.apps import apps
from django.db import models
from django.db.models.signals import post_init
from django.test.utils import isolate_apps

from stripe_integrations import conf
from stripe_integrations.dispatch.events import new_row


def columns(row):
    """Return what an instance holds; of a time, that it is one."""
    state = row._state
    held = {**vars(row), "_state": (state.adding, state.db, state.fields_cache)}
    return {
        name: type(each) if "_at" in name or name == "created" else each
        for name, each in held.items()
    }


@pytest.mark.parametrize("model", apps.get_app_config("stripe_integrations").get_models())
def test_row_is_the_one_that_django_makes(model):
    assert columns(new_row(model, {})) == columns(model())


def test_columns_take_the_place_of_defaults():
    given = {"id": "evt_1", "kind": "product.created", "customer_id": "cus_1", "as_of": 5}
    row, made = new_row(conf.model("Event"), given), conf.model("Event")(**given)
    assert columns(row) == columns(made)
    assert (row.pk, row.customer_id, row._state.adding) == ("evt_1", "cus_1", True)


def test_defaults_are_shared_by_no_two_rows():
    first, second = (new_row(conf.model("Event"), {}) for _ in range(2))
    first.runs["key"] = {"done": 1}
    assert second.runs == {}
    assert first._state is not second._state


def test_receivers_are_told_of_each_row():
    told = []

    def receiver(instance, **_):
        told.append(instance)

    post_init.connect(receiver, sender=conf.model("Event"))
    try:
        row = new_row(conf.model("Event"), {"id": "evt_1"})
    finally:
        post_init.disconnect(receiver, sender=conf.model("Event"))
    assert told == [row]


@isolate_apps("tests")
def test_model_with_a_constructor_or_an_attribute_of_its_own_is_made_by_django():
    class Constructed(models.Model):
        class Meta:
            app_label = "tests"

        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.is_constructed = True

    class Upper(models.CharField):
        class Attribute:
            def __init__(self, field):
                self.field = field

            def __get__(self, row, owner=None):
                return self if row is None else row.__dict__["text"]

            def __set__(self, row, value):
                row.__dict__["text"] = value.upper()

        descriptor_class = Attribute

    class Described(models.Model):
        text = Upper(max_length=5, default="ab")

        class Meta:
            app_label = "tests"

    assert new_row(Constructed, {}).is_constructed
    assert new_row(Described, {}).text == "AB"
    assert new_row(Described, {"text": "cd"}).text == "CD"
