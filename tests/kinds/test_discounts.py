from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.utils import timezone as django_timezone

from stripe_integrations import conf, kinds
from stripe_integrations.mirror.sync import sync
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db


def rows(name):
    return conf.model(name).objects


def discount(**values):
    return {
        "id": "di_1",
        "object": "discount",
        "customer": "cus_1",
        "end": None,
        "source": {"coupon": "SPRING", "type": "coupon"},
        "start": objects.NOW,
        **values,
    }


@pytest.mark.parametrize("coupon", ["SPRING", objects.coupon(), {"id": "SPRING", "deleted": True}])
def test_discount_has_its_coupon_in_any_shape(coupon):
    row = sync(kinds.DISCOUNT, discount(source={"coupon": coupon}), None)
    assert (row.coupon_id, row.customer_id) == ("SPRING", "cus_1")
    assert row.start == datetime.fromtimestamp(objects.NOW, tz=timezone.utc)
    assert (row.created, row.end) == (None, None)


@pytest.mark.parametrize("id", [None, "", " "])
def test_discount_without_an_id_is_not_stored(id):
    assert sync(kinds.DISCOUNT, discount(id=id), None) is None
    former = {"object": "discount", "coupon": objects.coupon(), "customer": "cus_1"}
    assert sync(kinds.DISCOUNT, former, None) is None


def test_discount_of_a_connected_account_has_its_coupon():
    row = sync(kinds.DISCOUNT, discount(), "acct_1")
    coupon = sync(kinds.COUPON, objects.coupon(id="SPRING"), "acct_1")
    assert row.coupon == coupon
    assert list(coupon.discounts.all()) == [row]


def test_promotion_code_with_odd_shapes():
    data = {
        "id": "promo_1",
        "object": "promotion_code",
        "active": True,
        "code": "×" * 500,
        "customer": None,
        "metadata": [],
        "promotion": [],
        "restrictions": [],
    }
    row = sync(kinds.PROMOTION_CODE, data, None)
    assert (row.code, row.coupon_id, row.minimum_amount) == ("×" * 500, None, None)


def test_minimum_amount_has_its_own_currency():
    row = conf.model("PromotionCode")(minimum_amount=1050, minimum_amount_currency="eur")
    assert row.minimum_amount_money == Decimal("10.50")


def test_active_promotion_codes():
    now, day = django_timezone.now(), timedelta(days=1)
    for id, values in {
        "lasting": {},
        "until_tomorrow": {"expires_at": now + day},
        "expired": {"expires_at": now - day},
        "inactive": {"active": False},
        "unknown": {"active": None},
        "deleted": {"deleted_at": now},
    }.items():
        rows("PromotionCode").create(id=id, **{"active": True, **values})
    active = rows("PromotionCode").active().order_by("id")
    assert [row.pk for row in active] == ["lasting", "until_tomorrow"]
