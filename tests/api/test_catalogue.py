import pytest
from django.test import Client

from stripe_integrations import conf
from stripe_integrations.testing import objects
from tests.api.conftest import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]

URL = "/billing/catalogue/"


def test_active_products_are_shown_with_their_active_prices(client):
    (product,) = client.get(URL).json()
    assert client.get(f"{URL}prod_1/").json() == product
    prices = {price["id"]: price for price in product.pop("prices")}
    assert list(prices) == ["price_1", "price_mug", "price_year"]
    assert product == {
        "id": "prod_1",
        "name": "Gold",
        "description": "All that glitters",
        "unit_label": None,
        "images": [],
        "url": None,
        "default_price": "price_1",
    }
    assert prices["price_1"] == {
        "id": "price_1",
        "lookup_key": "gold",
        "currency": "usd",
        "unit_amount": 1050,
        "unit_amount_money": "10.50",
        "type": "recurring",
        "billing_scheme": "per_unit",
        "tax_behavior": None,
        "recurring_interval": "month",
        "recurring_interval_count": 1,
        "recurring_usage_type": "licensed",
    }
    assert prices["price_mug"]["unit_amount_money"] == "500"


@pytest.mark.parametrize(
    "id", ["prod_old", "prod_theirs", "acct_1%2Fprod_theirs", "prod_absent", "%00", "a" * 300, "x "]
)
def test_what_is_not_for_sale_is_404(client, id):
    assert client.get(f"{URL}{id}/").status_code == 404


def test_default_price_that_is_not_for_sale_is_left_out(client):
    put(objects.product("prod_2", default_price="price_old"), objects.product("prod.with-dot"))
    assert client.get(f"{URL}prod_2/").json()["default_price"] is None
    assert client.get(f"{URL}prod.with-dot/").json()["prices"] == []


def test_answer_is_cached_until_the_catalogue_changes(client):
    first = client.get(URL)
    assert first["Cache-Control"] == "public, max-age=60"
    assert "Cookie" not in first["Vary"]
    again = client.get(URL, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == first["Cache-Control"]
    conf.model("Price").objects.filter(pk="price_1").update(unit_amount=1060)
    changed = client.get(URL, headers={"If-None-Match": first["ETag"]})
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]
    assert client.head(URL)["ETag"] == changed["ETag"]


def test_page_for_people_and_errors_are_not_cached(client):
    page = client.get(URL, headers={"Accept": "text/html"})
    assert (page.status_code, page["Cache-Control"]) == (200, "private, no-store")
    assert client.get(f"{URL}prod_absent/")["Cache-Control"] == "private, no-store"


def test_credentials_are_not_looked_at(client, ada):
    client.force_login(ada)
    shown = client.get(URL, headers={"Authorization": "Basic bm9ib2R5Ong="})
    assert (shown.status_code, shown["Cache-Control"]) == (200, "public, max-age=60")
    assert shown.content == Client().get(URL).content


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_cannot_be_written(client, method):
    answered = getattr(client, method)(URL, headers={"X-HTTP-Method-Override": "GET"})
    assert answered.status_code == 405


def test_number_of_queries_does_not_grow(client, django_assert_num_queries):
    for number in range(5):
        put(
            objects.product(f"prod_n{number}"),
            objects.price(f"price_n{number}", product=f"prod_n{number}"),
        )
    with django_assert_num_queries(2):
        assert len(client.get(URL).json()) == 6
