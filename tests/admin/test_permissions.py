"""Nobody edits what Stripe writes, and who may only look does not act either."""

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from stripe_integrations import conf
from tests.admin import rows
from tests.admin.conftest import url_of
from tests.large_tables import large_table

pytestmark = pytest.mark.django_db(transaction=True)

READ_ONLY = tuple(kind for kind in rows.KINDS if kind != "WebhookEndpoint")
ACTIONS = {
    **dict.fromkeys(rows.MIRRORS, "sync_from_stripe"),
    "Event": "process_again",
    "WebhookEndpoint": "disable",
}


def has_own_columns(kind):
    """Tell whether the model of a mirror is a swapped one, with a column of the project's."""
    return kind in rows.MIRRORS and hasattr(conf.model(kind), "ours")


def columns_of(kind):
    return list(conf.model(kind).objects.values())


@large_table
@pytest.mark.parametrize("kind", READ_ONLY)
def test_row_is_neither_added_nor_changed_nor_deleted(pages, kind):
    key = str(rows.make(kind).pk)
    before = columns_of(kind)
    names = [field.name for field in conf.model(kind)._meta.concrete_fields]
    pages.change(kind, answered=403, **dict.fromkeys(names, "x"))
    if not has_own_columns(kind):  # see test_own_columns
        pages.change(kind, key, answered=403, **dict.fromkeys(names, "x"))
    assert pages.client.post(url_of(kind, "delete", key), {"post": "yes"}).status_code == 403
    pages.act(kind, "delete_selected", key)
    assert columns_of(kind) == before
    assert not LogEntry.objects.exists()
    page = pages.show(kind, key)
    assert ('name="_save"' in page) is has_own_columns(kind)
    assert "deletelink" not in page


def test_endpoints_are_not_deleted(pages):
    rows.make("WebhookEndpoint")
    assert pages.client.post(url_of("WebhookEndpoint", "delete", "we_1")).status_code == 403
    pages.act("WebhookEndpoint", "delete_selected", "we_1")
    assert conf.model("WebhookEndpoint").objects.exists()


@large_table
@pytest.mark.parametrize("kind", rows.KINDS)
def test_user_who_may_only_look_cannot_act(pages_for, stripe_api, kind):
    name = conf.model(kind)._meta.model_name
    pages = pages_for(f"view_{name}", "view_webhooksecret")
    key = str(rows.make(kind).pk)
    before = columns_of(kind)
    assert 'name="action"' not in pages.show(kind)
    assert 'name="_save"' not in pages.show(kind, key)
    pages.change(kind, key, answered=403, tolerance="1", validation_method="retrieve_event")
    pages.change(kind, answered=403, base_url="https://example.com")
    if kind in ACTIONS:
        pages.act(kind, ACTIONS[kind], key, post="yes")
    assert columns_of(kind) == before
    assert stripe_api.requests == []


@large_table
@pytest.mark.parametrize("kind", rows.KINDS)
def test_others_see_nothing(pages_for, kind):
    pages = pages_for()
    key = str(rows.make(kind).pk)
    pages.show(kind, status=403)
    pages.show(kind, key, status=403)


def test_who_may_change_may_act(pages_for, stripe_api):
    pages = pages_for(f"change_{conf.model('Product')._meta.model_name}")
    rows.mirror("Product")
    stripe_api.create("products", {"id": "prod_1"})
    assert pages.act("Product", "sync_from_stripe", "prod_1") == "1 read from Stripe."


@pytest.mark.parametrize("kind", ["Product", "WebhookEndpoint"])
def test_requests_of_other_sites_are_refused(admin_user, kind):
    client = Client(enforce_csrf_checks=True)
    client.force_login(admin_user)
    rows.make(kind)
    data = {"action": ACTIONS[kind], "_selected_action": "x_1"}
    for url in (url_of(kind), url_of(kind, "add"), url_of(kind, "change", "we_1")):
        assert client.post(url, data).status_code == 403
