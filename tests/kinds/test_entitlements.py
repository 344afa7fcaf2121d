import pytest

from stripe_integrations import conf, kinds
from stripe_integrations.mirror.sync import sync

pytestmark = pytest.mark.django_db


def rows(name):
    return conf.model(name).objects


def feature():
    return {
        "id": "feat_1",
        "object": "entitlements.feature",
        "active": True,
        "lookup_key": "reports",
        "metadata": {},
        "name": "Reports",
    }


def entitlement(feature):
    return {
        "id": "ent_1",
        "object": "entitlements.active_entitlement",
        "feature": feature,
        "lookup_key": "reports",
    }


@pytest.mark.parametrize("shape", ["feat_1", feature()])
def test_entitlement_has_its_feature(shape):
    stored = sync(kinds.FEATURE, feature(), None)
    row = sync(kinds.ACTIVE_ENTITLEMENT, entitlement(shape), None)
    assert (row.feature, row.lookup_key) == (stored, "reports")
    assert list(stored.active_entitlements.all()) == [row]


def test_customer_stays_when_an_entitlement_comes_without_it():
    rows("ActiveEntitlement").create(id="ent_1", customer_id="cus_1", as_of=1)
    row = sync(kinds.ACTIVE_ENTITLEMENT, entitlement("feat_1"), None)
    assert row.customer_id == "cus_1"
