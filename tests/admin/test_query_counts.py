"""A page asks as much of the database for many rows as for a few, and never counts a table."""

import re

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from stripe_integrations import conf
from stripe_integrations.admin.neighbours import relations
from tests.admin import rows
from tests.large_tables import large_table

pytestmark = pytest.mark.django_db

FEW, MANY = 3, 15
WITH_NEIGHBOURS = (*rows.MIRRORS, "WebhookEndpoint")


def queries(pages, kind, *keys, **query):
    ContentType.objects.clear_cache()  # or what ran before decides who reads it
    with CaptureQueriesContext(connection) as captured:
        pages.show(kind, *keys, **query)
    return [each["sql"] for each in captured]


@large_table
@pytest.mark.parametrize("kind", rows.KINDS)
def test_list_of_many_rows_takes_as_many_queries_as_one_of_few(pages, kind):
    for number in range(FEW):
        rows.make(kind, number)
    few = queries(pages, kind), queries(pages, kind, q="cus_1")
    for number in range(FEW, MANY):
        rows.make(kind, number)
    many = queries(pages, kind), queries(pages, kind, q="cus_1")
    assert [len(each) for each in few] == [len(each) for each in many]
    for statement in (*many[0], *many[1]):
        if "COUNT(" in statement:
            assert re.search(r"\(SELECT .* LIMIT \d+\)", statement), statement


@large_table
@pytest.mark.parametrize("kind", rows.KINDS)
def test_page_of_a_row_takes_a_bounded_number_of_queries(pages, kind):
    key = str(rows.make(kind).pk)
    of_neighbours = relations(conf.model(kind)) if kind in WITH_NEIGHBOURS else ()
    # The session, the user, the row, and no more than three that it links to.
    assert len(queries(pages, kind, key)) <= 6 + len(of_neighbours)


@large_table
@pytest.mark.parametrize("kind", rows.MIRRORS)
def test_page_of_a_row_with_many_neighbours_takes_as_many_queries_as_with_one(pages, kind):
    row = rows.make(kind)
    rows.neighbours(row, 1)
    few = queries(pages, kind, row.pk)
    for number in range(2, 5):
        rows.neighbours(row, number)
    many = queries(pages, kind, row.pk)
    assert len(few) == len(many)
    assert sum("LIMIT 5" in statement for statement in many) == len(relations(conf.model(kind)))


@large_table
@pytest.mark.parametrize("kind", rows.KINDS)
def test_facets_do_not_count(pages, kind):
    rows.make(kind)
    assert len(queries(pages, kind, _facets="True")) == len(queries(pages, kind))
