from decimal import Decimal

import pytest

from stripe_integrations.actions import StripePrice, StripeProduct
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)


def test_chosen_id_is_found_by_every_verb(stripe_api):
    stripe_api.create("prices", {"id": "gold-monthly", "nickname": "Gold"})
    assert StripePrice.sync_all() == 1
    row = StripePrice.retrieve("gold-monthly")
    assert (row.nickname, row.unit_amount) == ("Gold", 1050)
    assert StripePrice.soft_delete("gold-monthly").is_deleted


def test_expanded_product_is_a_link():
    row = StripePrice.sync(objects.price(product=objects.product("prod_9")))
    assert row.product_id == "prod_9"


def test_price_of_a_connected_account_links_to_its_product():
    row = StripePrice.sync(objects.price(product="gold"), account="acct_1")
    assert (row.pk, row.product_id) == ("acct_1/price_1", "acct_1/gold")


def test_price_from_the_api_keeps_its_amounts(stripe_api):
    recurring = {"interval": "year", "interval_count": 1}
    stripe_api.create("prices", {"id": "p", "unit_amount": 99, "recurring": recurring})
    row = StripePrice.retrieve("p")
    assert (row.unit_amount, row.unit_amount_money) == (99, Decimal("0.99"))
    assert row.stripe_data["recurring"] == recurring


def test_product_that_arrives_later_is_linked(stripe_api):
    row = StripePrice.sync(objects.price(product="prod_9"))
    assert (row.product_id, row.product) == ("prod_9", None)
    StripeProduct.sync(objects.product("prod_9"))
    assert type(row).objects.get().product.pk == "prod_9"


def test_archived_price_stays(stripe_api, deliver):
    stripe_api.create("prices", {"id": "p"})
    stripe_api.offset += 10
    stripe_api.change("prices", "p", {"active": False})
    deliver(*stripe_api.events.values())
    row = StripePrice.model().objects.get()
    assert (row.active, row.is_deleted) == (False, False)
