from decimal import Decimal

import pytest

from stripe_integrations.testing import objects
from tests.webhooks.follow import follow, rows

pytestmark = pytest.mark.django_db(transaction=True)


class TestPrice:
    def test_price_follows_its_events(self, poster):
        follow(poster, "price", objects.price(), {"unit_amount": 1050}, {"unit_amount": 2000})

    def test_fraction_of_a_cent_is_kept(self, poster):
        data = objects.price(unit_amount=None, unit_amount_decimal="0.000381")
        assert poster.event(objects.event("price.created", data)) == 200
        row = rows("Price").get()
        assert (row.unit_amount, row.unit_amount_decimal) == (None, Decimal("0.000381"))
        assert row.unit_amount_money == Decimal("0.00000381")

    def test_one_time_price_is_not_recurring(self, poster):
        data = objects.price(recurring=None, type="one_time")
        assert poster.event(objects.event("price.created", data)) == 200
        row = rows("Price").get()
        assert (row.type, row.recurring_interval) == ("one_time", None)

    def test_id_that_somebody_chose_is_the_key(self, poster):
        assert poster.event(objects.event("price.created", objects.price("small-monthly"))) == 200
        assert rows("Price").get().pk == "small-monthly"
