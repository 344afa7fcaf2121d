"""The page of one row: everything is shown, nothing of it is believed to be HTML."""

import html
import re
from urllib.parse import unquote

import pytest
from django.urls import reverse

from stripe_integrations import conf
from tests.admin import rows
from tests.admin.conftest import url_of
from tests.large_tables import large_table

pytestmark = pytest.mark.django_db

#: Ids that somebody chose, or that the admin's own quoting could mistake.
ODD_IDS = [
    "acct_1/gold",
    "prod_ABCDEF",
    "20% off",
    "a b",
    "größe",
    "x/y?z=1&q#f",
    "<b>",
    '"',
    "日本",
    "a_2Fb",
]


def text_of(page):
    return html.unescape(re.sub(r"<[^>]+>", "", page))


@large_table
@pytest.mark.parametrize("kind", rows.KINDS)
def test_html_in_the_data_is_escaped(pages, kind):
    page = pages.show(kind, str(rows.make(kind).pk))
    assert rows.MARK not in page
    if kind != "RefusedCount":
        assert html.escape(rows.MARK) in page


@large_table
@pytest.mark.parametrize("kind", rows.MIRRORS)
def test_json_is_indented(pages, kind):
    page = pages.show(kind, rows.make(kind).pk)
    assert '\n  "metadata": {\n    "note": ' in text_of(page)


@pytest.mark.parametrize("id", ODD_IDS)
def test_row_of_an_odd_id_is_shown_and_linked(pages, id):
    rows.mirror("Product", pk=id, name="odd one")
    rows.mirror("Price", product_id=id)
    listed = re.search(r'<th class="field-id"><a href="([^"]*)"', pages.show("Product"))[1]
    linked = re.search(
        r'field-product.*?<a href="([^"]*)"', pages.show("Price", "price_1"), re.DOTALL
    )[1]
    for url in (listed, linked):
        answer = pages.client.get(html.unescape(url))
        assert answer.status_code == 200
        assert "odd one" in answer.content.decode()


@large_table
@pytest.mark.parametrize("kind", rows.WITH_CUSTOMER)
def test_link_to_a_customer_that_is_absent(pages, kind):
    rows.mirror(kind)
    conf.model("Customer").objects.all().delete()
    page = pages.show(kind, f"{rows.PREFIXES.get(kind, kind)}_1")
    assert f'<a href="{url_of("Customer", "change", "cus_1")}">cus_1</a>' in page
    missing = pages.client.get(url_of("Customer", "change", "cus_1"), follow=True)
    assert "doesn’t exist. Perhaps it was deleted?" in missing.content.decode()


@pytest.mark.parametrize(
    ("kind", "values", "path"),
    [
        ("Product", {}, "/test/products/prod_1"),
        ("Product", {"livemode": True}, "/products/prod_1"),
        ("Product", {"account": "acct_1", "pk": "acct_1/a b"}, "/acct_1/test/products/a%20b"),
        ("Product", {"account": "acct_1", "livemode": True}, "/acct_1/products/prod_1"),
        ("Price", {}, "/test/prices/price_1"),
        ("Coupon", {"pk": "50% Größe"}, "/test/coupons/50%25%20Gr%C3%B6%C3%9Fe"),
        ("Customer", {}, "/test/customers/cus_1"),
        ("Subscription", {}, "/test/subscriptions/sub_1"),
        ("Card", {}, "/test/customers/cus_1"),
        ("BankAccount", {"livemode": True}, "/customers/cus_1"),
        ("Source", {"account": "acct_1"}, "/acct_1/test/customers/cus_1"),
    ],
)
def test_page_of_a_row_links_to_the_dashboard(pages, kind, values, path):
    row = rows.mirror(kind, **values)
    found = re.search(r'href="https://dashboard.stripe.com([^"]*)"', pages.show(kind, row.pk))
    assert found[1] == path


def test_page_of_an_event_links_to_the_dashboard_and_its_requests(pages):
    rows.trigger(event=rows.event(account="acct_1", livemode=True))
    page = pages.show("Event", "evt_1")
    assert 'href="https://dashboard.stripe.com/acct_1/events/evt_1"' in page
    requests = re.search(r'href="([^"]*\?q=evt_1)"', page)[1]
    assert "192.0.2.7" in pages.client.get(requests).content.decode()


def test_page_of_an_endpoint_links_to_the_dashboard(pages):
    page = pages.show("WebhookEndpoint", rows.endpoint().pk)
    assert 'href="https://dashboard.stripe.com/test/webhooks/we_1"' in page


def test_times_are_shown_as_such(pages):
    rows.mirror("Product", as_of=1_700_000_000)
    assert "2023-11-14 16:13:20" in pages.show("Product", "prod_1")


@large_table
@pytest.mark.parametrize("kind", rows.MIRRORS)
def test_row_without_anything_is_shown(pages, kind):
    conf.model(kind).objects.create(pk="x_1")
    assert "x_1" in pages.show(kind)
    assert "x_1" in pages.show(kind, "x_1")


@pytest.mark.parametrize("data", [{}, {"name": "no id"}, {"deep": {"list": [None, 1.5, {}]}}])
def test_odd_data_is_shown(pages, data):
    rows.mirror("Product", stripe_data=data)
    assert all(key in pages.show("Product", "prod_1") for key in data)


def test_deleted_row_is_found_and_shown(pages):
    rows.mirror("Product", deleted_at=rows.timezone.now())
    assert pages.found("Product", deleted_at__isempty=0) == ["prod_1"]
    assert "Deleted at" in pages.show("Product", "prod_1")


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("", "Body"),
        ("no JSON", "no JSON"),
        ("[" * 100_000, "[" * 1000),
        (r'{"note": "\ud800 \u0000 é"}', r'"note": "\ud800 \u0000 é"'),
        ('{"number": 1e400}', "Infinity"),
    ],
)
def test_body_of_an_event_is_shown(pages, body, shown):
    rows.event(body=body)
    assert shown in text_of(pages.show("Event", "evt_1"))


def test_runs_of_an_event_are_shown(pages):
    runs = {
        "shop.Done": {"done": 1_700_000_000},
        "shop.Failed": {"failed": 1_700_000_000, "error": "ValueError: no"},
        "shop.Odd": {},
        "shop.Older:price,product": {"done": 1_700_000_000},
    }
    rows.event(runs=runs)
    text = text_of(pages.show("Event", "evt_1"))
    assert "shop.Donedone 2023-11-14 16:13:20" in text
    assert "shop.Olderdone 2023-11-14 16:13:20" in text
    assert "shop.Failedfailed since 2023-11-14 16:13:20ValueError: no" in text


def test_page_of_a_request_shows_what_was_refused(pages):
    request = rows.trigger(event=None, refused_body='{"id": "evt_x"}', reason="no_match")
    text = text_of(pages.show("WebhookEventTrigger", str(request.pk)))
    assert '"User-Agent": "Stripe/1.0' in text
    assert '"id": "evt_x"' in text
    assert text.count("evt_x") == 1
    accepted = rows.trigger(event=rows.event())
    assert "customer.updated" in pages.show("WebhookEventTrigger", str(accepted.pk))


def test_help_texts_are_shown(pages):
    rows.event()
    assert "The event as Stripe sent it; empty once it is pruned." in pages.show("Event", "evt_1")


def test_index_links_to_each_model(pages):
    page = pages.client.get(reverse("admin:index")).content.decode()
    for kind in rows.KINDS:
        assert f'href="{unquote(url_of(kind))}"' in page
