"""How single columns are shown: names beside ids, money with its currency, statuses as badges."""

import html

import pytest
from django.utils import timezone

from stripe_integrations import conf
from tests.admin import rows
from tests.admin.conftest import url_of
from tests.large_tables import large_table

pytestmark = pytest.mark.django_db

TEST_MODE = '<span class="stripe-badge stripe-badge-neutral">test mode</span>'


def shown(pages, kind, key):
    """Return the list and the page of a row."""
    return pages.show(kind), pages.show(kind, key)


def test_name_of_a_linked_row_is_beside_its_id(pages):
    rows.mirror("Product", name="<Gold>")
    rows.mirror("Price")
    link = f'<a href="{url_of("Product", "change", "prod_1")}">prod_1</a> &lt;Gold&gt;'
    for page in shown(pages, "Price", "price_1"):
        assert link in page


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"name": "Ada", "email": "ada@example.com"}, " Ada"),
        ({"name": None, "email": "ada@example.com"}, " ada@example.com"),
        ({"name": "", "email": None}, ""),
        ({"name": "x" * 100}, " " + "x" * 39 + "…"),
    ],
)
def test_customer_is_called_by_name_or_address(pages, values, named):
    rows.mirror("Customer", **values)
    rows.mirror("Charge")
    link = f'<a href="{url_of("Customer", "change", "cus_1")}">cus_1</a>{named}<'
    for page in shown(pages, "Charge", "Charge_1"):
        assert link in page


def test_name_of_another_accounts_row_is_not_shown(pages):
    rows.mirror("Customer", name="Ada", account="acct_1")
    rows.mirror("Charge")
    for page in shown(pages, "Charge", "Charge_1"):
        assert "cus_1</a>" in page
        assert "Ada" not in page


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        (1050, "usd", "$10.50 USD"),
        (-5, "eur", "-€0.05 EUR"),
        (123_456_789, "usd", "$1,234,567.89 USD"),
        (1050, "jpy", "¥1,050 JPY"),
        (1050, "xyz", "10.50 XYZ"),
        (1050, None, "1050 (currency unknown)"),
        (0, "usd", "$0.00 USD"),
    ],
)
def test_amount_is_shown_in_its_currency(pages, amount, currency, text):
    rows.mirror("Charge", amount=amount, currency=currency)
    for page in shown(pages, "Charge", "Charge_1"):
        assert f">{text}<" in page


def test_amount_with_a_currency_column_of_its_own_is_shown(pages):
    rows.mirror("PromotionCode", minimum_amount=500, minimum_amount_currency="eur")
    assert "€5.00 EUR" in pages.show("PromotionCode", "PromotionCode_1")


@pytest.mark.parametrize(
    ("status", "level"),
    [
        ("active", "good"),
        ("requires_action", "waiting"),
        ("past_due", "bad"),
        ("canceled", "neutral"),
        ("invented_tomorrow", "neutral"),
        ("<b>", "neutral"),
    ],
)
def test_status_is_a_badge_with_its_text(pages, status, level):
    rows.mirror("Subscription", status=status)
    text = html.escape(status.replace("_", " "))
    for page in shown(pages, "Subscription", "sub_1"):
        assert f'<span class="stripe-badge stripe-badge-{level}">{text}</span>' in page


def test_row_without_a_status_has_no_badge(pages):
    rows.mirror("Subscription", status=None)
    for page in shown(pages, "Subscription", "sub_1"):
        assert "stripe-badge" not in page.replace(TEST_MODE, "")


@pytest.mark.parametrize("is_live", [True, False, None])
def test_mode_is_a_badge_in_test_mode_only(pages, is_live):
    rows.mirror("Product", livemode=is_live)
    assert (TEST_MODE in pages.show("Product", "prod_1")) is (is_live is False)


@pytest.mark.parametrize(
    ("product", "price", "text"),
    [
        ({"name": "Gold"}, {"unit_amount": 2000, "currency": "usd"}, "Gold, $20.00 / month"),
        ({"name": "Gold"}, {"nickname": "Tiered"}, "Gold, Tiered"),
        ({}, {"nickname": "Yearly", "unit_amount": 5, "currency": "jpy"}, "Yearly, ¥5 / month"),
        ({}, {"unit_amount": 0, "currency": "chf"}, "0.00 CHF / month"),
        (
            {"name": "<Gold>"},
            {"unit_amount": 1050, "currency": "cad", "recurring_interval_count": 3},
            "&lt;Gold&gt;, CA$10.50 / 3 months",
        ),
    ],
)
def test_plan_of_a_subscription_is_in_words(pages, product, price, text):
    rows.mirror("Product", **product)
    rows.mirror("Price", recurring_interval="month", **price)
    rows.mirror("Subscription", price_id="price_1")
    for page in shown(pages, "Subscription", "sub_1"):
        assert f"price_1</a> {text}<" in page


def test_title_of_a_row_is_its_name_with_the_id(pages):
    rows.mirror("Customer", name="Ada <Lovelace>", email=None)
    rows.mirror("Charge")
    listed, page = shown(pages, "Customer", "cus_1")
    assert 'Ada &lt;Lovelace&gt; <span class="stripe-id">cus_1</span></a></th>' in listed
    assert "<h2>Ada &lt;Lovelace&gt; (cus_1)</h2>" in page
    listed, page = shown(pages, "Charge", "Charge_1")
    assert ">Charge_1</a></th>" in listed
    assert "<h2>Charge_1</h2>" in page


def test_truth_values_are_words_and_only_what_calls_for_somebody_is_coloured(pages):
    rows.mirror("Customer", delinquent=False, deleted_at=timezone.now())
    listed, page = shown(pages, "Customer", "cus_1")
    for each in (listed, page):
        assert "icon-no.svg" not in each
        assert "stripe-badge-bad" not in each
    assert '<span class="stripe-badge stripe-badge-neutral">deleted</span>' in listed
    conf.model("Customer").objects.update(delinquent=True, in_doubt=True)
    listed, page = shown(pages, "Customer", "cus_1")
    assert '<span class="stripe-badge stripe-badge-waiting">in doubt</span>' in listed
    assert page.count('<span class="stripe-badge stripe-badge-bad">yes</span>') == 2


@large_table
@pytest.mark.parametrize("kind", rows.KINDS)
def test_page_has_no_style_of_its_own(pages, kind):
    """A Content-Security-Policy without unsafe-inline would block it."""
    for page in shown(pages, kind, str(rows.make(kind).pk)):
        assert 'style="' not in page
        assert "<style" not in page
        assert 'href="/static/stripe_integrations/admin.css"' in page
