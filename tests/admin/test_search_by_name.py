"""A search finds names and e-mail addresses by their beginning, and an index answers it."""

import pytest
from django.db import connection

from stripe_integrations import conf
from stripe_integrations.admin.search import beginning
from tests.admin import rows

pytestmark = pytest.mark.django_db

MANY = 5000


@pytest.mark.parametrize(
    "term", ["Ada Lovelace", "Ada", "ada lo", "ADA L", "ada@ex", "ADA@EXAMPLE.COM", "Ada Lovelaceé"]
)
def test_customer_is_found_by_the_beginning_of_name_or_address(pages, term):
    name = "Ada Lovelaceé" if term.endswith("é") else "Ada Lovelace"
    rows.mirror("Customer", 1, name=name, email="ada@example.com")
    rows.mirror("Customer", 2, name="Grace Ada Hopper", email="grace@example.com")
    rows.mirror("Invoice", 1)
    rows.mirror("Invoice", 2)
    assert pages.found("Customer", q=term) == ["cus_1"]
    assert pages.found("Invoice", q=term) == ["Invoice_1"]


@pytest.mark.parametrize("term", ["%", "_", "Ada_", "ce", "\\"])
def test_no_character_stands_for_others(pages, term):
    rows.mirror("Customer", 1, name="Ada Lovelace", email="ada@example.com")
    assert pages.found("Customer", q=term) == []


def test_product_and_its_prices_are_found_by_its_name(pages):
    for number, name in enumerate(("Gold plan", "Silver plan", "golden"), 1):
        rows.mirror("Product", number, name=name)
        rows.mirror("Price", number)
    assert pages.found("Product", q="Gold p") == pages.found("Product", q="GOLD PLAN") == ["prod_1"]
    assert pages.found("Price", q="silver") == ["price_2"]
    assert sorted(pages.found("Price", q="gold")) == ["price_1", "price_3"]


@pytest.mark.parametrize(
    ("kind", "column"), [("Customer", "name"), ("Customer", "email"), ("Product", "name")]
)
def test_beginning_of_a_name_is_looked_up_in_an_index(kind, column):
    model = conf.model(kind)
    model.objects.bulk_create(
        model(pk=f"id_{number}", **{column: f"name {number:05}"}) for number in range(MANY)
    )
    if connection.vendor != "mysql":  # whose ANALYZE ends the transaction
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    found = model.objects.filter(beginning(column, "name 0012")).values("pk")
    assert found.count() == 10
    plan = found.explain()
    if connection.vendor == "mysql":
        assert " range " in plan
    else:
        assert "Index" in plan or "INDEX" in plan
        assert "Seq Scan" not in plan
        assert "SCAN " not in plan
