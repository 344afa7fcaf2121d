"""The page of a row shows the rows that link to it, and leads to the list of all of them."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from stripe_integrations import conf
from stripe_integrations.admin import neighbours
from tests.admin import rows
from tests.admin.conftest import url_of
from tests.large_tables import large_table

pytestmark = pytest.mark.django_db


def sections(page):
    """Return the text of each table of neighbours, by its title."""
    found = re.findall(
        r'<div class="module stripe-related">\s*<h2>(.*?)</h2>(.*?)</div>', page, re.DOTALL
    )
    return dict(found)


def keys(section):
    return re.findall(r'<tr><td><a href="[^"]*">([^<]*)</a></td>', section)


def list_of(pages, section):
    """Return the keys of the rows in the list that a section links to."""
    url = html.unescape(re.search(r'class="stripe-all"><a href="([^"]*)"', section)[1])
    answer = pages.client.get(url)
    assert answer.status_code == 200
    return re.findall(r'name="_selected_action" value="([^"]*)"', answer.content.decode())


@large_table
@pytest.mark.parametrize("kind", rows.MIRRORS)
def test_rows_that_link_to_a_row_are_on_its_page(pages, kind):
    row = rows.make(kind)
    linked = rows.neighbours(row)
    shown = sections(pages.show(kind, row.pk))
    assert [key for section in shown.values() for key in keys(section)] == linked
    for key, section in zip(linked, shown.values(), strict=True):
        assert list_of(pages, section) == [key]


@pytest.mark.parametrize(
    ("kind", "titles"),
    [
        ("Customer", ["Subscriptions", "Invoices", "Payment methods", "Charges", "Events"]),
        ("Subscription", ["Items", "Invoices", "Events"]),
        ("Invoice", ["Lines", "Payments", "Events"]),
        ("Product", ["Prices", "Events"]),
        ("StripeObject", ["Events"]),
    ],
)
def test_neighbours_that_people_look_for_come_first_and_events_last(pages, kind, titles):
    row = rows.make(kind)
    rows.neighbours(row)
    found = list(sections(pages.show(kind, row.pk)))
    assert [title for title in found if title in titles] == titles
    assert found[-1] == "Events"


def test_row_without_neighbours_shows_none(pages):
    assert sections(pages.show("Customer", rows.make("Customer").pk)) == {}


def test_newest_rows_are_shown_and_the_list_has_all(pages):
    rows.make("Customer")
    now = timezone.now()
    for number in range(1, 8):
        moment = now + timedelta(minutes=number)
        rows.mirror("Invoice", number, customer_id="cus_1", created=moment)
    section = sections(pages.show("Customer", "cus_1"))["Invoices"]
    assert keys(section) == [f"Invoice_{number}" for number in (7, 6, 5, 4, 3)]
    assert len(list_of(pages, section)) == 7


@pytest.mark.parametrize(("account", "key"), [(None, "Invoice_1"), ("acct_1", "Invoice_2")])
def test_rows_of_another_account_are_no_neighbours(pages, account, key):
    rows.mirror("Customer", account=account)
    rows.mirror("Invoice", 1, customer_id="cus_1")
    rows.mirror("Invoice", 2, customer_id="cus_1", account="acct_1")
    rows.mirror("Invoice", 3, customer_id="cus_1", account="acct_2")
    section = sections(pages.show("Customer", "cus_1"))["Invoices"]
    assert keys(section) == list_of(pages, section) == [key]


def test_events_of_an_object_with_a_chosen_id_are_those_of_its_account(pages):
    rows.mirror("Product", pk="acct_1/gold", account="acct_1")
    rows.event(1, object_id="gold")
    rows.event(2, object_id="gold", account="acct_1")
    section = sections(pages.show("Product", "acct_1/gold"))["Events"]
    assert keys(section) == list_of(pages, section) == ["evt_2"]


def test_user_sees_the_neighbours_that_they_may_view(pages_for):
    pages = pages_for(
        *(f"view_{conf.model(name)._meta.model_name}" for name in ("Customer", "Event"))
    )
    rows.neighbours(rows.make("Customer"))
    assert list(sections(pages.show("Customer", "cus_1"))) == ["Events"]


def test_neighbour_without_anything_is_shown(pages):
    row = rows.make("Customer")
    for relation in neighbours.relations(type(row)):
        if relation.model is not conf.model("Event"):
            relation.model.objects.create(pk="x_1", customer_id=row.pk)
    shown = sections(pages.show("Customer", row.pk))
    assert len(shown) == len(neighbours.relations(type(row))) - 1
    assert all(keys(section) == ["x_1"] for section in shown.values())


def test_amounts_statuses_and_names_of_neighbours_are_readable(pages):
    rows.mirror("Product", name="<Gold>")
    rows.mirror("Price", nickname="Monthly")
    rows.make("Customer")
    rows.mirror("Invoice", customer_id="cus_1", amount_due=1050, currency="usd", status="open")
    rows.mirror("Subscription", customer_id="cus_1", price_id="price_1", status="active")
    shown = sections(pages.show("Customer", "cus_1"))
    assert "$10.50 USD" in shown["Invoices"]
    assert '<span class="stripe-badge stripe-badge-waiting">open</span>' in shown["Invoices"]
    price = f'<a href="{url_of("Price", "change", "price_1")}">price_1</a> &lt;Gold&gt;, Monthly'
    assert price in shown["Subscriptions"]
    prices = sections(pages.show("Product", "prod_1"))["Prices"]
    assert "Monthly" in prices
