"""The columns that a swapped model adds, and Stripe does not fill, are edited in the admin."""

import os
import re

import pytest

from stripe_integrations import conf
from stripe_integrations.actions import StripeProduct
from stripe_integrations.testing import objects
from tests.admin import rows

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        "swapped" not in os.environ.get("DJANGO_SETTINGS_MODULE", ""),
        reason="only a swapped model has columns of the project's",
    ),
]


def entries(page):
    """Return the names of what a page asks for."""
    names = re.findall(r'<(?:input|select|textarea)[^>]* name="([^"]*)"', page)
    return sorted(name for name in names if not name.startswith(("_", "csrf", "action", "select")))


@pytest.mark.parametrize("kind", rows.MIRRORS)
def test_own_columns_are_all_that_is_asked_for(pages, kind):
    key = rows.make(kind).pk
    own = {"Product": ["ours", "shippable"]}  # Stripe's name, and in stripe_ignore
    assert entries(pages.show(kind, key)) == own.get(kind, ["ours"])


def test_own_column_is_written_and_nothing_else(pages, stripe_api):
    StripeProduct.sync(objects.product(name="Gold"))
    model = conf.model("Product")
    before = model.objects.values().get()
    posted = {"ours": "on", "shippable": "unknown", "name": "Lead", "version": "9", "as_of": "9"}
    pages.change("Product", "prod_1", **posted)
    assert model.objects.values().get() == {**before, "ours": True}


def test_what_stripe_says_meanwhile_stays(pages, monkeypatch):
    rows.make("Product")
    model = conf.model("Product")
    save = model.save

    def update_and_save(self, **kwargs):
        model.objects.update(name="Newer", version=7, as_of=8)
        save(self, **kwargs)

    monkeypatch.setattr(model, "save", update_and_save)
    pages.change("Product", "prod_1", ours="on", shippable="unknown")
    row = model.objects.get()
    assert (row.ours, row.name, row.version, row.as_of) == (True, "Newer", 7, 8)


def test_nothing_changed_writes_nothing(pages, monkeypatch):
    rows.make("Product")
    saved = []
    monkeypatch.setattr(
        conf.model("Product"), "save_base", lambda self, **kwargs: saved.append(kwargs)
    )
    pages.change("Product", "prod_1", shippable="unknown")
    assert saved == []


def test_column_that_the_object_has_is_not_asked_for(pages):
    rows.mirror("Product", stripe_data={"id": "prod_1", "ours": True})
    assert entries(pages.show("Product", "prod_1")) == ["shippable"]


def test_user_who_may_only_look_cannot_edit(pages_for):
    key = rows.make("Product").pk
    pages = pages_for("view_product")
    assert entries(pages.show("Product", key)) == []
    pages.change("Product", key, answered=403, ours="on")
    assert conf.model("Product").objects.get().ours is False


def test_who_may_change_may_edit(pages_for):
    key = rows.make("Product").pk
    pages_for("view_product", "change_product").change(
        "Product", key, ours="on", shippable="unknown"
    )
    assert conf.model("Product").objects.get().ours is True
