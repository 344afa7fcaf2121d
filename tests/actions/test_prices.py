import pytest

from stripe_integrations.actions import StripePrice
from tests import objects

pytestmark = pytest.mark.django_db(transaction=True)


def test_sync_all_retrieve_and_soft_delete(stripe_api):
    stripe_api.create("prices", {"id": "gold-monthly", "nickname": "Gold"})
    assert StripePrice.sync_all() == 1
    row = StripePrice.retrieve("gold-monthly")
    assert (row.nickname, row.unit_amount) == ("Gold", 1050)
    assert StripePrice.soft_delete("gold-monthly").is_deleted


def test_expanded_product_is_a_link():
    row = StripePrice.sync(objects.price(product=objects.product("prod_9")))
    assert row.product_id == "prod_9"


def test_product_of_a_connected_account():
    row = StripePrice.sync(objects.price(product="gold"), account="acct_1")
    assert (row.pk, row.product_id) == ("acct_1/price_1", "acct_1/gold")
