from decimal import Decimal

import pytest

from stripe_integrations.testing import objects
from tests.webhooks.follow import follow, rows

pytestmark = pytest.mark.django_db(transaction=True)


class TestCoupon:
    def test_coupon_follows_its_events(self, poster):
        follow(poster, "coupon", objects.coupon(), {"times_redeemed": 0}, {"times_redeemed": 1})

    @pytest.mark.parametrize(
        ("value", "kept"),
        [(25, Decimal(25)), (12.5, Decimal("12.5")), ("33.3", Decimal("33.3")), ("x", None)],
    )
    def test_percent_off_of_any_version_is_a_decimal(self, poster, value, kept):
        data = objects.coupon(percent_off=value)
        assert poster.event(objects.event("coupon.created", data)) == 200
        assert rows("Coupon").get().percent_off == kept

    def test_id_of_words_is_the_key(self, poster):
        assert poster.event(objects.event("coupon.created", objects.coupon("25 % off: é"))) == 200
        assert rows("Coupon").get().pk == "25 % off: é"
