import pytest

from stripe_integrations.actions import StripeCoupon

pytestmark = pytest.mark.django_db(transaction=True)


def test_sync_all_retrieve_and_soft_delete(stripe_api):
    stripe_api.create("coupons", {"id": "50 % OFF/now", "name": "Half"})
    assert StripeCoupon.sync_all() == 1
    assert StripeCoupon.retrieve("50 % OFF/now").name == "Half"
    assert StripeCoupon.soft_delete("50 % OFF/now").is_deleted
