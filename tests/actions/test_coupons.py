from decimal import Decimal

import pytest

from stripe_integrations.actions import StripeCoupon

pytestmark = pytest.mark.django_db(transaction=True)


def test_id_of_odd_characters_is_found_by_every_verb(stripe_api):
    stripe_api.create("coupons", {"id": "50 % OFF/now", "name": "Half"})
    assert StripeCoupon.sync_all() == 1
    assert StripeCoupon.retrieve("50 % OFF/now").name == "Half"
    assert StripeCoupon.soft_delete("50 % OFF/now").is_deleted


def test_percentage_and_amount_are_kept_in_their_columns(stripe_api):
    stripe_api.create("coupons", {"id": "p", "percent_off": 33.333})
    off = {"id": "a", "percent_off": None, "amount_off": 500, "currency": "jpy"}
    stripe_api.create("coupons", off)
    StripeCoupon.sync_all()
    percent, amount = StripeCoupon.model().objects.order_by("-pk")
    assert (percent.percent_off, percent.amount_off_money) == (Decimal("33.333"), None)
    assert (amount.amount_off_money, amount.percent_off) == (Decimal(500), None)


def test_ids_that_differ_only_in_case_are_two_coupons(stripe_api):
    for id in ("spring", "SPRING"):
        stripe_api.create("coupons", {"id": id, "name": id})
    assert StripeCoupon.sync_all() == 2
    assert dict(StripeCoupon.model().objects.values_list("pk", "name")) == {
        "spring": "spring",
        "SPRING": "SPRING",
    }


def test_id_used_again_after_a_deletion_gives_a_living_row(stripe_api, deliver):
    for name in ("first", "second"):
        stripe_api.create("coupons", {"id": "SPRING", "name": name})
        stripe_api.offset += 10
        if name == "first":
            stripe_api.delete("coupons", "SPRING")
            stripe_api.offset += 10
    deliver(*reversed(stripe_api.events.values()))
    row = StripeCoupon.model().objects.get()
    assert (row.name, row.is_deleted) == ("second", False)
