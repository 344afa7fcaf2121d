"""Events that dj-stripe has processed are known, and take no effect again."""

import json

import pytest

from stripe_integrations import conf
from stripe_integrations.actions import StripeWebhook
from stripe_integrations.choices import EventStatus
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook


def events():
    return conf.model("Event").objects


@pytest.fixture
def counting(own_registry):
    class Counting(BaseWebhook):
        name = "product"
        ran = 0

        def process_webhook(self):
            Counting.ran += 1

    return Counting


@pytest.fixture
def message():
    return objects.event("product.updated", objects.product(name="Old"))


def test_event_is_stored_as_its_webhook_would_have(tables, import_djstripe, deliver, message):
    tables.event(message)
    import_djstripe()
    own = ("kind", "created", "livemode", "api_version", "account", "request", "status")
    more = ("pending_webhooks", "object_type", "object_id", "customer", "synced", "error")
    imported, said = events().values(*own, *more).get(), events().get().message
    events().all().delete()
    deliver(message)
    assert imported == events().values(*own, *more).get()
    assert said == message  # PostgreSQL's jsonb, where dj-stripe stores it, keeps no order


def test_event_that_comes_again_runs_no_class(tables, import_djstripe, poster, counting, message):
    tables.event(message)
    import_djstripe()
    assert poster.event(message) == 200
    assert counting.ran == 0
    assert not conf.model("Product").objects.exists()
    assert poster.event(objects.event("product.updated", objects.product())) == 200
    assert counting.ran == 1


def test_event_that_is_there_stays(tables, import_djstripe, counting, message):
    StripeWebhook.process_webhook(message, verified=True)
    before = events().values().get()
    tables.event(message)
    import_djstripe()
    assert events().values().get() == before


def test_event_of_before_stripe_data_is_made_of_its_columns(tables, import_djstripe, message):
    tables.event(
        message,
        stripe_data="{}",
        id=message["id"],
        created="2026-01-02 03:04:05",
        request_id="req_1",
    )
    import_djstripe()
    stored = events().get()
    assert stored.created.isoformat() == "2026-01-02T03:04:05+00:00"
    del message["pending_webhooks"]  # dj-stripe does not have it
    assert stored.message == {**message, "created": 1767323045}


def test_event_of_the_other_mode_and_none_at_all_are_left(tables, import_djstripe, message):
    tables.event({**message, "livemode": True})
    tables.event({**message, "id": "evt_2"}, stripe_data=json.dumps({"id": "evt_2"}))
    printed = import_djstripe()
    assert "1 of the other mode" in printed
    assert "1 not an event as Stripe sends them" in printed
    assert not events().exists()


def test_event_of_a_connected_account_keeps_it(tables, import_djstripe, message):
    tables.event({**message, "account": "acct_connected"}, "acct_connected")
    import_djstripe(own_account="acct_own")
    stored = events().get()
    assert (stored.account, stored.status) == ("acct_connected", EventStatus.PROCESSED)
