import pytest

from stripe_integrations import conf, kinds
from stripe_integrations.mirror.sync import sync
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db


def meter(**values):
    return {
        "id": "mtr_1",
        "object": "billing.meter",
        "created": objects.NOW,
        "customer_mapping": {"event_payload_key": "customer", "type": "by_id"},
        "default_aggregation": {"formula": "sum"},
        "display_name": "Requests",
        "event_name": "requests",
        "status": "inactive",
        "status_transitions": {"deactivated_at": objects.NOW},
        "updated": objects.NOW,
        "value_settings": {"event_payload_key": "value"},
        **values,
    }


def test_meter_is_stored():
    row = sync(kinds.METER, meter(), None)
    assert (row.aggregation, row.customer_payload_key, row.value_payload_key) == (
        "sum",
        "customer",
        "value",
    )
    assert row.deactivated_at == row.created == row.updated


def test_meter_with_empty_lists_for_hashes_is_stored():
    row = sync(kinds.METER, meter(customer_mapping=[], status_transitions=[]), None)
    assert (row.customer_payload_key, row.deactivated_at) == (None, None)


def test_plans_of_a_meter():
    row = sync(kinds.METER, meter(), None)
    plan = sync(kinds.PLAN, {"id": "usage", "object": "plan", "meter": "mtr_1"}, None)
    assert conf.model("Meter").objects.get(plans=plan) == row
    assert list(row.plans.all()) == [plan]
