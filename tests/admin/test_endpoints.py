"""Endpoints are created at Stripe, rolled and disabled."""

import re
from datetime import datetime, timedelta
from datetime import timezone as tz

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from stripe_integrations import conf, routes
from stripe_integrations.admin.endpoint_forms import NewEndpointForm
from tests.admin import rows
from tests.admin.conftest import messages_of, url_of

pytestmark = pytest.mark.django_db(transaction=True)

NEW = {
    "base_url": "https://shop.example.com/",
    "validation_method": "verify_signature",
    "tolerance": "300",
}


def endpoints():
    return conf.model("WebhookEndpoint").objects


def errors_of(answer):
    shown = re.findall(r'<ul class="errorlist.*?</ul>', answer.content.decode(), re.DOTALL)
    return " ".join(shown)


def test_base_url_is_that_of_the_request(pages):
    page = pages.client.get(url_of("WebhookEndpoint", "add"), secure=True).content.decode()
    assert 'name="base_url" value="https://testserver"' in page


def test_added_endpoint_is_created_at_stripe(pages, stripe_api):
    answer = pages.change("WebhookEndpoint", **NEW, account="acct_1", connect="on")
    row = endpoints().get()
    assert row.url == f"https://shop.example.com/stripe/webhook/{row.uuid}"
    assert (row.account, row.tolerance) == ("acct_1", 300)
    assert row.secrets.get().value.startswith("whsec_")
    (request,) = stripe_api.requests
    assert (request.account, request.params["connect"]) == ("acct_1", True)
    assert "was added successfully" in messages_of(pages.client.get(answer.url))
    assert LogEntry.objects.get().object_id == row.pk


@pytest.mark.parametrize(
    ("base_url", "told"),
    [
        ("http://shop.example.com", "does not begin with https://, which Stripe insists on"),
        ("http://localhost:8000", "stripe listen --forward-to localhost:8000/stripe/webhook"),
        ("https://localhost:8000", "stripe listen --forward-to localhost:8000/stripe/webhook"),
        ("https://127.0.0.1", "give the project&#x27;s public address"),
        ("https://10.0.0.1", "give the project&#x27;s public address"),
        ("https://shop.example.com?a=1", "leave out what ? or # begins"),
        ("nonsense", "give the public address, https://"),
        ("https://[", "is no URL"),
        ("", "This field is required."),
    ],
)
def test_url_that_stripe_cannot_reach_is_refused(pages, stripe_api, base_url, told):
    answer = pages.change("WebhookEndpoint", **{**NEW, "base_url": base_url}, answered=200)
    assert told in errors_of(answer)
    assert stripe_api.requests == []
    assert not endpoints().exists()


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"account": "prod_1"}, "An account&#x27;s id begins with acct_."),
        ({"tolerance": "0"}, "300 is usual"),
        ({"tolerance": "-1"}, "greater than or equal to 0"),
        ({"validation_method": "none"}, "That is for DEBUG only"),
        ({"validation_method": "x"}, "Select a valid choice"),
    ],
)
def test_values_that_are_refused(pages, stripe_api, values, told):
    answer = pages.change("WebhookEndpoint", **{**NEW, **values}, answered=200)
    assert told in errors_of(answer)
    assert stripe_api.requests == []


def test_believing_everybody_is_allowed_with_debug(pages, stripe_api, settings):
    settings.DEBUG = True
    pages.change("WebhookEndpoint", **{**NEW, "validation_method": "none"})
    assert endpoints().get().validation_method == "none"


@pytest.mark.parametrize(
    ("fail", "told"),
    [
        (lambda fake: fake.fail_with(401), "Stripe answers: "),
        (lambda fake: fake.fail_with(500), "Stripe answers: "),
        (lambda fake: fake.down(), "Stripe answers: "),
    ],
)
def test_refusal_of_stripe_is_told_and_the_entries_are_kept(pages, stripe_api, fail, told):
    fail(stripe_api)
    answer = pages.change("WebhookEndpoint", **NEW, account="acct_1", connect="on")
    page = pages.client.get(answer.url)
    assert told in messages_of(page)
    assert not endpoints().exists()
    assert not LogEntry.objects.exists()
    # What was entered is there again.
    entry = page.content.decode()
    assert 'name="base_url" value="https://shop.example.com/"' in entry
    assert 'name="account" value="acct_1"' in entry
    assert re.search(r'name="connect"[^>]* checked', entry)


def test_missing_key_is_told(pages, stripe_api, settings):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "API_KEY": None}
    answer = pages.change("WebhookEndpoint", **NEW)
    told = messages_of(pages.client.get(answer.url))
    assert told.startswith("Stripe answers: ")
    assert "STRIPE_INTEGRATIONS['API_KEY']" in told


def test_validation_asks_nothing_of_stripe(stripe_api):
    form = NewEndpointForm({**NEW, "account": "acct_1"})
    assert form.is_valid()
    assert stripe_api.requests == []


def test_project_without_a_route_is_told_so(pages, stripe_api, monkeypatch):
    def fail(_uuid):
        raise ValueError(routes.NO_ROUTE)

    monkeypatch.setattr(routes, "endpoint_path", fail)
    answer = pages.change("WebhookEndpoint", **NEW, answered=200)
    assert "register it on a router" in errors_of(answer)
    assert stripe_api.requests == []


@pytest.mark.parametrize("action", ["roll", "disable"])
def test_one_click_only_asks(pages, stripe_api, action):
    row = rows.endpoint()
    page = pages.answer_to("WebhookEndpoint", action, "we_1").content.decode()
    assert "Are you sure?" in page
    assert "we_1" in page
    assert row.url in page
    assert "whsec_" not in page
    assert stripe_api.requests == []
    row.refresh_from_db()
    assert row.status == "enabled"


def test_the_secret_is_kept_whatever_fails_later(pages, stripe_api, monkeypatch):
    def fail(*_args, **_kwargs):
        raise RuntimeError("the disk is full")

    monkeypatch.setattr(LogEntry.objects.__class__, "log_actions", fail)
    with pytest.raises(RuntimeError):
        pages.change("WebhookEndpoint", **NEW)
    assert endpoints().get().secrets.count() == 1


def test_change_writes_only_what_is_ours(pages):
    row = rows.endpoint()
    posted = {**form_of(pages), "tolerance": "60", "url": "https://elsewhere.example.com"}
    # What Stripe says meanwhile stays.
    endpoints().update(status="disabled")
    pages.change("WebhookEndpoint", "we_1", **posted)
    row.refresh_from_db()
    assert (row.tolerance, row.status) == (60, "disabled")
    assert row.url.startswith("https://example.com/")


def form_of(pages, key="we_1"):
    """Return what the page of an endpoint would post if nothing was changed."""
    page = pages.show("WebhookEndpoint", key)
    found = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and "__prefix__" not in name[1] and 'type="submit"' not in tag:
            found[name[1]] = value[1] if value else ""
    return {
        **{name: value for name, value in found.items() if not name.endswith("-DELETE")},
        "validation_method": "verify_signature",
    }


def test_rolled_endpoint_keeps_its_old_secret_for_three_days(pages, stripe_api):
    pages.change("WebhookEndpoint", **NEW)
    old = endpoints().get()
    told = pages.confirm("WebhookEndpoint", "roll", old.pk)
    assert f"Endpoint {old.pk}: rolled: the old secrets expire in three days" in told
    new = endpoints().exclude(pk=old.pk).get()
    assert (new.url, new.uuid) == (old.url, old.uuid)
    left = old.secrets.get().expires_at - timezone.now()
    assert timedelta(hours=71) < left < timedelta(hours=73)


def test_disabled_endpoint_is_stored_as_disabled(pages, stripe_api):
    pages.change("WebhookEndpoint", **NEW)
    row = endpoints().get()
    assert f"Endpoint {row.pk}: disabled." in pages.confirm("WebhookEndpoint", "disable", row.pk)
    row.refresh_from_db()
    assert row.status == "disabled"


@pytest.mark.parametrize("action", ["roll", "disable"])
@pytest.mark.parametrize("fail", [lambda fake: fake.fail_with(401), lambda fake: fake.down()])
def test_actions_when_stripe_refuses(pages, stripe_api, action, fail):
    rows.endpoint()
    fail(stripe_api)
    told = pages.confirm("WebhookEndpoint", action, "we_1")
    assert told.startswith("Endpoint we_1: ")
    assert endpoints().get().status == "enabled"
    assert endpoints().get().secrets.get().expires_at is None


def test_synced_endpoint_is_as_at_stripe(pages, stripe_api):
    pages.change("WebhookEndpoint", **NEW)
    key = endpoints().get().pk
    stripe_api.accounts[None].endpoints[key]["status"] = "disabled"
    assert "1 read from Stripe." in pages.act("WebhookEndpoint", "sync_from_stripe", key)
    assert endpoints().get().status == "disabled"


@pytest.mark.parametrize(("days", "is_valid"), [(None, True), (1, True), (-1, False)])
def test_list_tells_which_can_be_verified(pages, days, is_valid):
    row = rows.endpoint()
    if days is not None:
        row.secrets.update(expires_at=timezone.now() + timedelta(days=days))
    page = pages.show("WebhookEndpoint")
    assert ("no valid secret" in page) is not is_valid
    assert ("created expires" in page) is (days == 1)


def test_endpoints_are_told_apart_while_one_replaces_the_other(pages):
    old, new = rows.endpoint(1, description="The shop"), rows.endpoint(2, description="The shop")
    type(old).objects.filter(pk=old.pk).update(
        retires_at=timezone.now() + timedelta(days=3), created=timezone.now() - timedelta(days=400)
    )
    rows.trigger(
        event=None, webhook_endpoint_id=new.pk, created=datetime(2026, 2, 3, 4, 5, 6, tzinfo=tz.utc)
    )
    cells = {
        key: re.sub(r"<[^>]+>", " ", row)
        for row, key in re.findall(
            r'(<tr>.*?value="(we_\d)".*?</tr>)', pages.show("WebhookEndpoint"), re.DOTALL
        )
    }
    assert "The shop  we_1" in cells["we_1"]
    assert "replaced" in cells["we_1"]
    assert "1\xa0year" in cells["we_1"]
    assert "not among the last 1,000 requests" in cells["we_1"]
    assert "replaced" not in cells["we_2"]
    assert "2026-02-02 22:05:06" in cells["we_2"]
