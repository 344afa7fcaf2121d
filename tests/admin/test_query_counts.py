"""A page asks as much of the database for many rows as for a few, and never counts a table."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.admin import rows

pytestmark = pytest.mark.django_db

FEW, MANY = 5, 50


def queries(pages, kind, *keys, **query):
    with CaptureQueriesContext(connection) as captured:
        pages.show(kind, *keys, **query)
    return [each["sql"] for each in captured]


@pytest.mark.parametrize("query", [{}, {"q": "cus_1"}], ids=["list", "search"])
@pytest.mark.parametrize("kind", rows.KINDS)
def test_as_many_queries_for_many_rows(pages, kind, query):
    for number in range(FEW):
        rows.make(kind, number)
    few = queries(pages, kind, **query)
    for number in range(FEW, MANY):
        rows.make(kind, number)
    many = queries(pages, kind, **query)
    assert len(few) == len(many)
    for statement in many:
        if "COUNT(" in statement:
            assert re.search(r"\(SELECT .* LIMIT \d+\)", statement), statement


@pytest.mark.parametrize("kind", rows.KINDS)
def test_queries_of_the_page_of_a_row(pages, kind):
    key = str(rows.make(kind).pk)
    # The session, the user, the row, and no more than three that it links to.
    assert len(queries(pages, kind, key)) <= 6


@pytest.mark.parametrize("kind", rows.KINDS)
def test_facets_do_not_count(pages, kind):
    rows.make(kind)
    assert len(queries(pages, kind, _facets="True")) == len(queries(pages, kind))
