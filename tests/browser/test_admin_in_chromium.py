"""A walk through the admin in headless Chromium; CONTRIBUTING.rst says how to start it."""

import json
import time

import pytest
from selenium.webdriver.support.ui import Select

from stripe_integrations import conf
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook
from tests.admin import rows

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def failing(own_registry):
    class Ledger(BaseWebhook):
        name = "product.created"
        fails = True

        def process_webhook(self):
            if Ledger.fails:
                raise RuntimeError("the ledger is closed")

    return Ledger


def test_index_and_lists(walker):
    for kind in rows.KINDS:
        for number in range(1, 4):
            rows.make(kind, 10 * rows.KINDS.index(kind) + number)
    walker.go("/admin/")
    assert "Webhook event triggers" in walker.text
    walker.picture("index")
    for kind in rows.KINDS:
        walker.open(kind)
        assert "results" not in walker.errors
        assert f"Select {conf.model(kind)._meta.verbose_name} to view" in walker.text or (
            "to change" in walker.text
        )
        assert not walker.is_wider_than_the_window()
        walker.picture(f"list-{kind}")


def test_search_finds_the_event(walker):
    rows.make("Event", 1)
    rows.make("Event", 2)
    walker.open("Event")
    assert "A Stripe id or an owner's name: the whole of it" in walker.text
    walker.enter("q", "ada2@example.com")
    walker.press("#changelist-search [type=submit]")
    assert "evt_2" in walker.text
    assert "evt_1" not in walker.text
    walker.picture("search")


def test_page_of_a_row_is_shown_and_linked(walker, deliver):
    data = objects.product(
        description="A long description. " * 30,
        images=["https://example.com/" + "x" * 200],
        metadata={"note": rows.MARK, "größe": "☃" * 50},
    )
    deliver(
        objects.event("product.created", data),
        objects.event("price.created", objects.price()),
        objects.event("customer.created", objects.customer()),
        objects.event("customer.subscription.created", objects.subscription()),
    )
    for kind, key in (
        ("Product", "prod_1"),
        ("Price", "price_1"),
        ("Customer", "cus_1"),
        ("Subscription", "sub_1"),
    ):
        walker.open(kind, "change", key)
        assert "https://dashboard.stripe.com/test/" in walker.text
        assert f'"id": "{key}"' in walker.text
        assert not walker.is_wider_than_the_window()
        walker.picture(f"page-{kind}")
    walker.press(".field-price a")
    assert '"id": "price_1"' in walker.text
    walker.press(".field-product a")
    assert rows.MARK in walker.text


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_page_of_a_customer_shows_the_neighbours(walker, theme):
    customer = rows.mirror("Customer", name="Ada Lovelace", balance=-1050, currency="usd")
    rows.mirror("Product", name="Gold")
    rows.mirror("Price", unit_amount=1050, currency="usd")
    for number, status in enumerate(("active", "past_due", "canceled", "trialing"), 1):
        values = {"customer_id": "cus_1", "price_id": "price_1", "status": status, "quantity": 1}
        rows.mirror("Subscription", number, **values)
    for number in range(1, 8):
        status = "open" if number > 6 else "paid"
        values = {"customer_id": "cus_1", "status": status, "currency": "usd"}
        rows.mirror("Invoice", number, amount_due=1050 * number, **values)
    rows.mirror("PaymentMethod", customer_id="cus_1", card_brand="visa", last4="4242", type="card")
    rows.event(1)
    walker.go("/admin/")
    walker.driver.execute_script(f"localStorage.setItem('theme', '{theme}')")
    walker.open("Customer", "change", customer.pk)
    assert "-$10.50 USD" in walker.text
    assert walker.all_texts(".stripe-related h2") == (
        "Subscriptions Invoices Payment methods Events"
    )
    assert "price_1 Gold, $10.50" in walker.text
    assert "$73.50 USD" in walker.text
    assert walker.all_texts(".stripe-related .stripe-badge-bad") == "past due failed"
    assert not walker.is_wider_than_the_window()
    walker.picture(f"customer-{theme}")
    walker.press(".stripe-related a[href*='invoice/?customer']")
    assert "7 invoices" in walker.text
    assert "cus_1 Ada Lovelace" in walker.text
    walker.picture(f"invoices-of-a-customer-{theme}")
    walker.driver.execute_script("localStorage.removeItem('theme')")


def test_failed_event_is_processed_again(walker, poster, failing):
    message = objects.event("product.created", objects.product(), id="evt_1")
    assert poster.event(message) == 500
    walker.open("Event", "change", "evt_1")
    assert "RuntimeError: the ledger is closed" in walker.text
    assert f'"created": {message["created"]}' in walker.text
    walker.picture("event-failed")
    walker.open("Event")
    walker.act("Replay", "evt_1")
    assert "1 failed: the event's page says why." in walker.messages
    walker.picture("event-failed-again")
    failing.fails = False
    walker.act("Replay", "evt_1")
    assert "1 processed." in walker.messages
    walker.picture("event-processed")
    walker.open("Event", "change", "evt_1")
    assert "failed since" not in walker.text
    walker.picture("event-done")
    walker.press(".field-requests a")
    walker.press("#result_list tbody th a")
    assert "WebhookFailed: evt_1 is not done with" in walker.text
    assert '"Stripe-Signature": "t=' in walker.text
    walker.picture("trigger")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 420])
def test_overview_of_the_health(walker, poster, failing, theme, width):
    now = int(time.time()) // 60 * 60
    for ago in range(50):
        for name, label, count in (
            ("events", "processed", 20 + ago % 7 * 5),
            ("events", "received", ago % 5),
            ("events", "failed", 7 if ago in (11, 12) else 0),
            ("events", "ignored", ago % 3),
            ("events", "error", 3 if ago == 20 else 0),
            ("lag", "2", 20),
            ("lag", "30" if ago % 9 else "1800", 2),
            ("api_reads", "answered", ago % 11),
            ("failures", "shop.webhooks.SendReceipt", 7),
            ("refusals", "no_match", ago % 2),
        ):
            if count:
                key = {"minute": now - 60 * ago, "name": name, "label": label}
                conf.model("HealthCount").objects.create(**key, count=count)
    rows.mirror("Product", 2, in_doubt=True)
    conf.model("EventCursor").objects.create(account="", read_to=now - 7500)
    message = objects.event("product.created", objects.product(), id="evt_1")
    assert poster.event(message) == 500
    walker.driver.set_window_size(width, 1000)
    walker.go("/admin/")
    walker.driver.execute_script(f"localStorage.setItem('theme', '{theme}')")
    walker.press(".model-healthcount a")
    assert "Events that failed: 1." in walker.text
    assert "SendReceipt" in walker.text
    shapes = walker.driver.find_elements("css selector", ".stripe-chart rect")
    assert len(shapes) > 150
    assert all(each.size["height"] > 0 for each in shapes[:20])
    assert not walker.is_wider_than_the_window()
    walker.picture(f"health-{theme}-{width}")
    walker.find("#stripe-events ~ details summary").click()
    assert "20 4 0 1 0" in walker.find("#stripe-events ~ details table").text
    walker.press(".stripe-hours a:nth-of-type(2)")
    assert walker.all_texts(".stripe-hours [aria-current]") == "last day"
    walker.driver.execute_script("localStorage.removeItem('theme')")
    walker.driver.set_window_size(1280, 1000)


def test_refused_request_is_shown(walker, poster):
    body = json.dumps(objects.event("product.created", objects.product())).encode()
    assert poster.signed(body, secret="whsec_of_somebody_else") == 400
    walker.open("WebhookEventTrigger")
    walker.press("#result_list tbody th a")
    assert "no_match" in walker.text
    assert "No secret gives this signature" in walker.text
    walker.picture("trigger-refused")
    walker.open("RefusedCount")
    assert "no_match" in walker.text
    walker.picture("refused-counts")


def test_synced_row_is_as_at_stripe(walker, stripe_api):
    stripe_api.create("products", {"id": "prod_1", "name": "Platinum"})
    rows.mirror("Product", name="Gold")
    walker.open("Product")
    walker.act("Sync from Stripe", "prod_1")
    assert "1 read from Stripe." in walker.messages
    assert "Platinum" in walker.text
    stripe_api.fail_with(401)
    walker.act("Sync from Stripe", "prod_1")
    assert "Stripe's API gave no usable answer for prod_1" in walker.messages
    walker.picture("sync-refused")


def test_added_endpoint_is_shown_without_its_secret(walker, stripe_api):
    walker.open("WebhookEndpoint", "add")
    assert walker.find("[name=base_url]").get_attribute("value") == walker.address
    walker.picture("endpoint-add")
    walker.press("[name=_save]")
    assert "run `stripe listen --forward-to localhost:8000/stripe/webhook`" in walker.errors
    walker.picture("endpoint-refused")
    walker.enter("base_url", "http://shop.example.com")
    walker.press("[name=_save]")
    assert "does not begin with https://, which Stripe insists on" in walker.errors
    walker.enter("base_url", "https://shop.example.com")
    Select(walker.find("[name=validation_method]")).select_by_value("none")
    walker.press("[name=_save]")
    assert "That is for DEBUG only" in walker.errors
    Select(walker.find("[name=validation_method]")).select_by_value("verify_signature")
    walker.press("[name=_continue]")
    assert "was added successfully" in walker.messages
    row = conf.model("WebhookEndpoint").objects.get()
    assert f"https://shop.example.com/stripe/webhook/{row.uuid}" in walker.text
    assert str(row.secrets.get().value) not in walker.driver.page_source
    walker.picture("endpoint-added")


def test_entered_secret_is_kept_and_not_shown(walker, stripe_api):
    row = rows.endpoint()
    walker.open("WebhookEndpoint", "change", row.pk)
    walker.find("#secrets-group .add-row a").click()
    walker.enter("secrets-1-name", "from the dashboard")
    walker.enter("secrets-1-secret", "sk_test_pasted_by_mistake")
    walker.press("[name=_continue]")
    assert "A signing secret begins with whsec_" in walker.errors
    assert "pasted_by_mistake" not in walker.driver.page_source
    walker.picture("secret-refused")
    walker.enter("secrets-1-secret", "whsec_from_the_dashboard")
    walker.press("[name=_continue]")
    assert "was changed successfully" in walker.messages
    assert row.secrets.get(name="from the dashboard").value == "whsec_from_the_dashboard"
    assert "whsec_from_the_dashboard" not in walker.driver.page_source
    assert "whsec_hidden" not in walker.driver.page_source
    walker.picture("secret-kept")
    walker.open("WebhookEndpoint")
    walker.picture("endpoints")
