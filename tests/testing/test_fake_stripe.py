"""The fake Stripe as a project's tests and its developers use it."""

import http.client
import re
import threading
from contextlib import closing
from urllib.parse import urlencode, urlsplit

import pytest
from django.contrib.auth import get_user_model

from stripe_integrations import conf
from stripe_integrations.actions import (
    StripeCheckout,
    StripeCustomer,
    StripePrice,
    StripeProduct,
    StripeSubscription,
)
from stripe_integrations.testing import FakeStripe, WebhookURL, __main__
from stripe_integrations.testing.fake_stripe import Refused, deliveries
from stripe_integrations.webhooks import BaseWebhook

pytestmark = pytest.mark.django_db(transaction=True)

DONE = "https://shop.test/done?session={CHECKOUT_SESSION_ID}"


class Browser:
    """Reads pages, and presses their buttons."""

    def ask(self, method, url, form=None):
        parts = urlsplit(url)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        with closing(http.client.HTTPConnection(parts.netloc, timeout=30)) as connection:
            connection.request(method, parts.path, urlencode(form or {}), headers)
            response = connection.getresponse()
            html = response.read().decode()
            return response.status, response.getheader("Location"), html

    def page(self, url):
        status, _, html = self.ask("GET", url)
        text = " ".join(re.sub(r"(?s)<style>.*</style>|<[^>]+>", " ", html).split())
        return status, text


@pytest.fixture
def catalogue(stripe_api, stripe_webhooks):
    __main__.fill(stripe_api)
    assert stripe_api.deliver(stripe_webhooks) == [200, 200, 200]


@pytest.fixture
def ada():
    return get_user_model().objects.create(username="ada", email="ada@example.com")


def subscriptions():
    fields = ("status", "cancel_at_period_end", "price_id")
    return list(conf.model("Subscription").objects.values_list(*fields))


def test_walk_from_the_catalogue_to_a_canceled_subscription(
    stripe_api, stripe_webhooks, catalogue, ada
):
    stripe_api.serves_pages = True
    browser = Browser()
    assert StripePrice.model().objects.for_sale().count() == 2
    session = StripeCheckout.create(ada, [("gold_monthly", 2)], "subscription", DONE)
    assert session.url.startswith(f"{stripe_api.url}/c/pay/cs_test_")
    status, text = browser.page(session.url)
    assert (status, "2 × Gold, 10.00 USD a month Subscribe" in text) == (200, True), text

    status, location, _ = browser.ask("POST", session.url)
    assert (status, location) == (303, f"https://shop.test/done?session={session.pk}")
    assert browser.page(session.url)[1].startswith("This session is complete")
    assert browser.ask("POST", session.url)[0] == 400
    assert set(stripe_api.deliver(stripe_webhooks)) == {200}
    assert stripe_api.deliver(stripe_webhooks) == []
    customer = StripeCustomer.get(ada)
    assert StripeSubscription.model().objects.for_user(ada).current().exists()
    assert subscriptions() == [("active", False, "price_gold_monthly")]
    (invoice,) = conf.model("Invoice").objects.all()
    assert (invoice.customer, invoice.status, invoice.total) == (customer, "paid", 2000)
    assert invoice.subscription.latest_invoice == invoice
    session.refresh_from_db()
    assert (session.status, session.payment_status) == ("complete", "paid")
    assert session.subscription == invoice.subscription

    portal = StripeCustomer.portal_url(customer, "https://shop.test/account")
    for chosen, state in (
        ("cancel_at_period_end", ("active", True, "price_gold_monthly")),
        ("resume", ("active", False, "price_gold_monthly")),
        ("cancel_now", ("canceled", False, "price_gold_monthly")),
    ):
        _, _, html = browser.ask("GET", portal)
        assert f'value="{chosen}"' in html
        assert 'href="https://shop.test/account"' in html
        form = {"subscription": invoice.subscription_id, "do": chosen}
        status, location, _ = browser.ask("POST", portal, form)
        assert (status, location) == (303, urlsplit(portal).path)
        assert set(stripe_api.deliver(stripe_webhooks)) == {200}
        assert subscriptions() == [state]
    assert "You have none." in browser.page(portal)[1]
    assert browser.ask("POST", portal, form)[0] == 400
    assert browser.page(f"{stripe_api.url}/c/pay/cs_none")[0] == 404
    assert {(each.object_type, each.status) for each in conf.model("Event").objects.all()} >= {
        ("invoice", "processed"),
        ("checkout.session", "processed"),
    }


def test_guest_pays_once_and_another_leaves_a_card(stripe_api, stripe_webhooks):
    mug = {"id": "price_mug", "recurring": None, "type": "one_time", "unit_amount": 700}
    stripe_api.create("products", {"id": "prod_1"})
    stripe_api.create("prices", mug)
    stripe_api.deliver(stripe_webhooks)
    bought = StripeCheckout.create(None, [("price_mug", 3)], "payment", DONE)
    assert (bought.amount_total, bought.currency) == (2100, "usd")
    stripe_api.pay(bought.pk)
    left = StripeCheckout.create(None, mode="setup", success_url=DONE)
    stripe_api.pay(left.pk)
    assert set(stripe_api.deliver(stripe_webhooks)) == {200}
    bought.refresh_from_db()
    left.refresh_from_db()
    intent = bought.payment_intent
    assert (intent.status, intent.amount_received, bought.customer_id) == ("succeeded", 2100, None)
    assert left.setup_intent.payment_method.customer == left.customer
    assert (left.setup_intent.status, left.payment_status) == ("succeeded", "no_payment_required")
    with pytest.raises(Refused, match="is complete"):
        stripe_api.pay(left.pk)


def test_trial_is_billed_nothing(stripe_api, stripe_webhooks, catalogue, ada):
    session = StripeCheckout.create(
        ada, ["gold_yearly"], success_url=DONE, subscription_data={"trial_period_days": 14}
    )
    stripe_api.pay(session.pk)
    stripe_api.deliver(stripe_webhooks)
    assert subscriptions() == [("trialing", False, "price_gold_yearly")]
    assert conf.model("Invoice").objects.get().total == 0


def test_refused_event_is_delivered_again(stripe_api, stripe_webhooks, failing):
    stripe_api.create("products", {"id": "prod_1"})
    with stripe_api.acting_for("acct_1"):
        stripe_api.create("customers", {"id": "cus_1"})
    assert sorted(stripe_api.deliver(stripe_webhooks)) == [200, 500]
    failing.fails = False
    assert stripe_api.deliver(stripe_webhooks) == [200]
    assert conf.model("Customer").objects.get().account == "acct_1"


def test_forwarder_posts_events_as_they_happen(stripe_api, live_server, own_registry):
    told, arrived = [], threading.Event()

    class Arrived(BaseWebhook):
        name = "product.updated"

        def process_webhook(self):
            arrived.set()

    url = WebhookURL(f"{live_server.url}/stripe/webhook", "whsec_test")
    forwarder = deliveries.Forwarder(stripe_api, url, lambda *told_now: told.append(told_now))
    stripe_api.create("products", {"id": "prod_1"})
    forwarder.start()
    stripe_api.change("products", "prod_1", {"name": "Tin"})
    assert arrived.wait(30)
    forwarder.stop()
    assert [(kind, answer) for kind, _, answer in told] == [
        ("product.created", "200"), ("product.updated", "200"),
    ]  # fmt: skip
    assert deliveries.undelivered(stripe_api) == []


def test_forwarder_waits_for_a_project_that_is_not_there(stripe_api):
    told = []
    nobody = WebhookURL("http://127.0.0.1:9/stripe/webhook", "whsec_test")
    stripe_api.create("products", {"id": "prod_1"})
    stripe_api.create("products", {"id": "prod_2"})
    deliveries.Forwarder(stripe_api, nobody, lambda *told_now: told.append(told_now)).forward()
    assert [answer for _, _, answer in told] == ["ConnectionRefusedError"]
    assert len(deliveries.undelivered(stripe_api)) == 2


def test_fake_in_use_is_what_the_actions_call(settings):
    settings.STRIPE_INTEGRATIONS = {"API_KEY": "sk_live_never"}
    with FakeStripe() as fake, fake.in_use():
        fake.create("products", {"id": "prod_1", "name": "Tin"})
        StripeProduct.sync_all()
        assert {each.api_key for each in fake.requests} == {"sk_test_fake"}
    assert settings.STRIPE_INTEGRATIONS == {"API_KEY": "sk_live_never"}
    assert StripeProduct.model().objects.get().name == "Tin"


def test_module_serves_until_it_is_interrupted(capsys, monkeypatch):
    """It prints the settings that lead a project there, and has something to sell."""

    def interrupt(_seconds):
        printed.append(capsys.readouterr().out)
        raise KeyboardInterrupt

    printed = []
    monkeypatch.setattr("stripe_integrations.testing.__main__.time.sleep", interrupt)
    __main__.main(["--port", "0", "--secret", "whsec_mine"])
    assert re.search(r'"API_BASE": "http://127\.0\.0\.1:\d+"', printed[0])
    assert '"WEBHOOK_SECRET": "whsec_mine"' in printed[0]
    assert __main__.parse_arguments([]).port == 12111
