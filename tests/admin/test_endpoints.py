"""Endpoints are created at Stripe, rolled and disabled."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from stripe_integrations import conf
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


def test_add(pages, stripe_api):
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
def test_urls_that_stripe_cannot_reach(pages, stripe_api, base_url, told):
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


def test_believing_everybody_with_debug(pages, stripe_api, settings):
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
def test_stripe_refuses(pages, stripe_api, fail, told):
    fail(stripe_api)
    answer = pages.change("WebhookEndpoint", **NEW, answered=200)
    assert told in errors_of(answer)
    assert not endpoints().exists()


def test_without_a_key(pages, stripe_api, settings):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "API_KEY": None}
    answer = pages.change("WebhookEndpoint", **NEW, answered=200)
    assert "Stripe answers: " in errors_of(answer)


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


def test_roll(pages, stripe_api):
    pages.change("WebhookEndpoint", **NEW)
    old = endpoints().get()
    told = pages.act("WebhookEndpoint", "roll", old.pk)
    assert f"Endpoint {old.pk}: rolled: the old secrets expire in three days" in told
    new = endpoints().exclude(pk=old.pk).get()
    assert (new.url, new.uuid) == (old.url, old.uuid)
    left = old.secrets.get().expires_at - timezone.now()
    assert timedelta(hours=71) < left < timedelta(hours=73)


def test_disable(pages, stripe_api):
    pages.change("WebhookEndpoint", **NEW)
    row = endpoints().get()
    assert f"Endpoint {row.pk}: disabled." in pages.act("WebhookEndpoint", "disable", row.pk)
    row.refresh_from_db()
    assert row.status == "disabled"


@pytest.mark.parametrize("action", ["roll", "disable"])
@pytest.mark.parametrize("fail", [lambda fake: fake.fail_with(401), lambda fake: fake.down()])
def test_actions_when_stripe_refuses(pages, stripe_api, action, fail):
    rows.endpoint()
    fail(stripe_api)
    told = pages.act("WebhookEndpoint", action, "we_1")
    assert told.startswith("Endpoint we_1: ")
    assert endpoints().get().status == "enabled"
    assert endpoints().get().secrets.get().expires_at is None


def test_sync(pages, stripe_api):
    pages.change("WebhookEndpoint", **NEW)
    key = endpoints().get().pk
    stripe_api.accounts[None].endpoints[key]["status"] = "disabled"
    assert "1 read from Stripe." in pages.act("WebhookEndpoint", "sync_from_stripe", key)
    assert endpoints().get().status == "disabled"


@pytest.mark.parametrize(("expires", "shown"), [(None, "icon-yes"), (-1, "icon-no")])
def test_list_tells_which_can_be_verified(pages, expires, shown):
    row = rows.endpoint()
    ends = expires and timezone.now() + timedelta(hours=expires)
    row.secrets.update(expires_at=ends)
    page = pages.show("WebhookEndpoint")
    cell = re.search(r'<td class="field-verifiable">.*?</td>', page)[0]
    assert shown in cell
