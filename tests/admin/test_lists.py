"""The list of each kind: every filter, and searches."""

import html
import re
from itertools import cycle
from urllib.parse import parse_qsl

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.admin import rows
from tests.large_tables import large_table

pytestmark = pytest.mark.django_db

SEARCHED = tuple(kind for kind in rows.KINDS if kind != "RefusedCount")
#: What no row has; each kind is searched for one of them, and for each, a few kinds.
ODD_TERMS = ("nobody", "\ud800".encode("utf-8", "surrogatepass"), "%", "'\"", "x" * 300)


@large_table
@pytest.mark.parametrize("kind", SEARCHED)
def test_list_and_each_filter_are_shown(pages, kind):
    rows.make(kind)
    text = pages.show(kind)
    assert rows.MARK not in text
    queries = {html.unescape(found) for found in re.findall(r'href="\?([^"]+=[^"]*)"', text)}
    filters = [dict(parse_qsl(query)) for query in sorted(queries)]
    assert filters
    for parameters in {tuple(each): each for each in filters}.values():  # one value of each filter
        pages.show(kind, **parameters)


@large_table
@pytest.mark.parametrize("kind", SEARCHED)
def test_search_by_id_finds_the_row(pages, kind):
    key = str(rows.make(kind, 1).pk)
    rows.make(kind, 2)
    term = "evt_1" if kind == "WebhookEventTrigger" else key
    assert pages.found(kind, q=f" {term} ") == [key]


@large_table
@pytest.mark.parametrize("kind", rows.OF_CUSTOMERS)
def test_search_by_customer_finds_the_row(pages, kind):
    key = str(rows.make(kind, 1).pk)
    rows.make(kind, 2)
    for term in ("cus_1", "ada1@example.com", "user1", "user1@example.org"):
        assert pages.found(kind, q=term) == [key], term


def test_search_by_linked_id_finds_the_row(pages):
    rows.make("Price", 1)
    rows.make("Price", 2)
    assert pages.found("Price", q="prod_1") == ["price_1"]


def test_search_by_uuid_finds_the_endpoint(pages):
    rows.make("WebhookEndpoint", 1)
    rows.make("WebhookEndpoint", 2)
    assert pages.found("WebhookEndpoint", q=str(rows.uuid.UUID(int=2))) == ["we_2"]


@pytest.mark.parametrize(("kind", "term"), list(zip(SEARCHED, cycle(ODD_TERMS))))
def test_search_that_finds_nothing(pages, kind, term):
    rows.make(kind)
    assert pages.found(kind, q=term) == []


def test_search_for_a_null_character_is_refused(pages):
    rows.make("Product")
    # Django says so itself, and shows the whole list.
    assert "Null characters are not allowed." in pages.show("Product", q="a\x00b")


def test_ids_are_compared_byte_by_byte(pages):
    rows.mirror("Product", pk="prod_Ab")
    rows.mirror("Product", pk="prod_aB")
    assert pages.found("Product", q="prod_Ab") == ["prod_Ab"]


def test_popup_for_a_field_of_the_projects_lists_customers(pages):
    rows.make("Customer")
    popup = pages.show("Customer", _popup=1, _to_field="id")
    assert 'data-popup-opener="cus_1"' in popup


def test_user_of_a_customer_is_named(pages):
    number = rows.make("Customer").user_id
    assert f'<a href="/admin/auth/user/{number}/change/">user1</a>' in pages.show("Customer")


def test_list_does_not_read_what_is_large(pages):
    rows.make("Event")
    with CaptureQueriesContext(connection) as queries:
        pages.show("Event")
    (read,) = [each["sql"] for each in queries if "object_id" in each["sql"]]
    assert "attempts" in read
    assert "body" not in read
    assert "traceback" not in read


def test_pages_are_counted_up_to_a_bound(pages, monkeypatch):
    monkeypatch.setattr("stripe_integrations.admin.base.MAX_COUNT", 60)
    for number in range(70):
        rows.mirror("Product", number)
    assert len(pages.found("Product")) == 50
    assert len(pages.found("Product", p=2)) == 10
