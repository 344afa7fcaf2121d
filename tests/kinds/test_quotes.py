from decimal import Decimal

import pytest

from stripe_integrations import kinds
from stripe_integrations.mirror.sync import sync
from stripe_integrations.testing import objects


@pytest.mark.django_db
def test_quote_with_odd_shapes_is_stored():
    data = {
        "id": "qt_1",
        "object": "quote",
        "amount_total": 1000,
        "computed": [],
        "created": objects.NOW,
        "currency": None,
        "customer": None,
        "invoice": {"id": "in_1", "object": "invoice", "deleted": True},
        "status": "accepted",
        "status_transitions": {"accepted_at": objects.NOW * 1000},
        "subscription_schedule": "sub_sched_1",
    }
    row = sync(kinds.QUOTE, data, None)
    assert (row.invoice_id, row.subscription_schedule_id) == ("in_1", "sub_sched_1")
    assert row.accepted_at == row.created
    assert row.amount_total_money is None
    row.currency = "eur"
    assert row.amount_total_money == Decimal("10.00")
