"""What an event remembers of a class: by module and qualified name, whatever its event names."""

import pytest

from stripe_integrations import conf
from stripe_integrations.actions import StripeWebhook
from stripe_integrations.dispatch import registry
from stripe_integrations.exceptions import WebhookFailed
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def define(own_registry):
    """Define the class `Ledger` with these names, in place of one that was there."""
    ran = []

    def define(*names, fails=False):
        def process_webhook(self):
            ran.append(self.event.pk)
            if fails:
                raise RuntimeError("told to fail")

        registry._classes.pop(f"{__name__}.Ledger", None)
        attributes = {"name": names, "process_webhook": process_webhook, "__module__": __name__}
        webhook = type("Ledger", (BaseWebhook,), attributes)
        webhook.ran = ran
        return webhook

    return define


def events():
    return conf.model("Event").objects


def send(poster, id="evt_1"):
    return poster.event(objects.event("product.created", objects.product(), id=id))


def remember(run, *names):
    """Write the marks of `Ledger` as they were written with names in the key."""
    event = events().get()
    ours = {key: each for key, each in event.runs.items() if not key.endswith(".Ledger")}
    old = {f"{__name__}.Ledger:{','.join(each)}": run for each in names}
    events().update(runs={**ours, **old})


def test_class_with_another_name_added_does_not_run_again(poster, define):
    assert define("product.created").ran == []
    send(poster)
    ledger = define("product.created", "product.deleted")
    send(poster)
    StripeWebhook.process(events().get())
    assert ledger.ran == ["evt_1"]
    assert f"{__name__}.Ledger" in events().get().runs


@pytest.mark.parametrize("names", [("product.created",), ("price", "product")])
def test_key_with_names_of_an_older_row_is_done(poster, define, names):
    ledger = define("product.created")
    send(poster)
    remember({"done": 1_700_000_000}, names)
    event = events().get()
    assert event.is_done(registry.class_key(ledger))
    StripeWebhook.process(event)
    assert ledger.ran == ["evt_1"]


def test_key_that_only_begins_alike_is_not_done(poster, define):
    ledger = define("product.created")
    send(poster)
    events().update(runs={f"{__name__}.LedgerOfOthers:product": {"done": 1}})
    assert not events().get().is_done(registry.class_key(ledger))


def test_failure_of_an_older_row_keeps_its_time_and_its_one_mark(poster, define, settings):
    ledger = define("product.created", fails=True)
    assert send(poster) == 500
    remember({"failed": 1_700_000_000, "error": "RuntimeError"}, ["product.created"])
    assert send(poster) == 200  # given up: it has failed for longer than GIVE_UP_AFTER
    assert ledger.ran == ["evt_1", "evt_1"]
    runs = events().get().runs
    assert [key for key in runs if "Ledger" in key] == [registry.class_key(ledger)]
    assert runs[registry.class_key(ledger)]["failed"] == 1_700_000_000


def test_older_row_done_under_one_key_and_failed_under_another_is_done(poster, define):
    ledger = define("product.created")
    send(poster)
    remember({"failed": 1_700_000_000}, ["product"], ["price"])
    runs = events().get().runs
    runs[f"{__name__}.Ledger:zebra"] = {"done": 1_700_000_000}
    events().update(runs=runs)
    assert events().get().is_done(registry.class_key(ledger))


def test_rerun_drops_the_marks_of_an_older_row(poster, define):
    ledger = define("product.created")
    send(poster)
    remember({"done": 1_700_000_000}, ["product"], ["product.created"])
    StripeWebhook.process(events().get(), rerun=ledger)
    assert ledger.ran == ["evt_1", "evt_1"]
    runs = events().get().runs
    assert [key for key in runs if "Ledger" in key] == [registry.class_key(ledger)]


def test_class_that_fails_when_it_is_rerun_is_not_done(poster, define):
    define("product.created")
    send(poster)
    ledger = define("product.created", fails=True)
    with pytest.raises(WebhookFailed):
        StripeWebhook.process(events().get(), rerun=ledger)
    event = events().get()
    assert event.status == "failed"
    assert not event.is_done(registry.class_key(ledger))
    assert "told to fail" in event.traceback
