"""“Sync from Stripe”: the row says what Stripe says, or a message says why not."""

import pytest

from stripe_integrations import conf
from tests.admin import rows
from tests.large_tables import large_table

pytestmark = pytest.mark.django_db(transaction=True)


def sync(pages, kind, *keys):
    return pages.act(kind, "sync_from_stripe", *keys)


@pytest.fixture
def product(stripe_api):
    """A product that Stripe has, and an old row of it."""
    stripe_api.create("products", {"id": "prod_1", "name": "New"})
    return rows.mirror("Product", name="Old")


def test_what_changed_is_written(pages, product):
    assert sync(pages, "Product", "prod_1") == "1 read from Stripe."
    product.refresh_from_db()
    assert (product.name, product.deleted_at) == ("New", None)


def test_what_was_deleted_is_marked(pages, product, stripe_api):
    sync(pages, "Product", "prod_1")
    stripe_api.delete("products", "prod_1")
    assert sync(pages, "Product", "prod_1") == "1 read from Stripe."
    product.refresh_from_db()
    assert product.is_deleted


def test_row_of_a_connected_account_is_read_as_that_account(pages, stripe_api):
    with stripe_api.acting_for("acct_1"):
        stripe_api.create("products", {"id": "gold", "name": "New"})
    row = rows.mirror("Product", pk="acct_1/gold", account="acct_1", stripe_data={})
    assert sync(pages, "Product", "acct_1/gold") == "1 read from Stripe."
    row.refresh_from_db()
    assert row.name == "New"


@large_table
@pytest.mark.parametrize("kind", rows.MIRRORS)
def test_what_stripe_does_not_know(pages, stripe_api, kind):
    key = rows.make(kind).pk
    told = sync(pages, kind, key)
    assert f"Stripe's API gave no usable answer for {key}" in told
    assert conf.model(kind).objects.get(pk=key).deleted_at is None


@pytest.mark.parametrize("fail", [lambda fake: fake.fail_with(401), lambda fake: fake.down()])
def test_missing_answer_is_told_and_the_row_is_left(pages, product, stripe_api, fail):
    fail(stripe_api)
    assert "Stripe's API gave no usable answer" in sync(pages, "Product", "prod_1")
    product.refresh_from_db()
    assert product.name == "Old"


def test_rows_that_were_read_and_rows_that_were_not_are_told_apart(pages, product, stripe_api):
    rows.mirror("Product", 2)
    told = sync(pages, "Product", "prod_1", "prod_2")
    assert "1 read from Stripe." in told
    assert "no usable answer for prod_2:" in told


def test_row_without_data_is_read(pages, product):
    type(product).objects.update(stripe_data={})
    assert sync(pages, "Product", "prod_1") == "1 read from Stripe."


def test_action_ends_in_time_and_tells_what_is_left(pages, stripe_api, monkeypatch):
    monkeypatch.setattr("stripe_integrations.admin.time_limit.MAX_SECONDS", 0)
    for number in (1, 2, 3):
        stripe_api.create("products", {"id": f"prod_{number}"})
        rows.mirror("Product", number)
    told = sync(pages, "Product", "prod_1", "prod_2", "prod_3")
    assert "1 read from Stripe." in told
    assert "Time was over: 2 of 3 are left as they were. Choose these again, or `manage.py" in told
    assert len(stripe_api.requests) == 1


def test_no_more_than_a_page_can_wait_for(pages, stripe_api, monkeypatch):
    monkeypatch.setattr("stripe_integrations.admin.base.MAX_TAKEN", 2)
    for number in (1, 2, 3):
        stripe_api.create("products", {"id": f"prod_{number}"})
        rows.mirror("Product", number)
    told = sync(pages, "Product", "prod_1", "prod_2", "prod_3")
    assert "Only the first 2 were taken: `manage.py stripe_verify --fix`" in told
    assert "2 read from Stripe." in told
