from decimal import Decimal

import pytest

from stripe_integrations import conf, kinds
from stripe_integrations.mirror import mapping
from stripe_integrations.mirror.sync import sync
from stripe_integrations.testing import objects


def tax_id(**values):
    return {
        "id": "txi_1",
        "object": "tax_id",
        "country": None,
        "created": objects.NOW,
        "customer": "cus_1",
        "type": "eu_vat",
        "value": "DE123456789",
        "verification": {"status": "pending"},
        **values,
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("owner", "customer"),
    [
        ({}, "cus_1"),
        ({"owner": {"customer": "cus_2", "type": "customer"}, "customer": None}, "cus_2"),
        ({"owner": {"type": "self"}, "customer": None, "verification": None}, None),
        ({"owner": [], "verification": []}, "cus_1"),
    ],
)
def test_tax_id_has_a_customer_or_none(owner, customer):
    row = sync(kinds.TAX_ID, tax_id(**owner), None)
    assert (row.customer_id, row.value) == (customer, "DE123456789")


@pytest.mark.django_db
@pytest.mark.parametrize("percentage", [19, 19.0, "19", "19.0"])
def test_percentage_of_any_type_is_one_decimal(percentage):
    data = {"id": "txr_1", "object": "tax_rate", "percentage": percentage, "flat_amount": None}
    row = sync(kinds.TAX_RATE, data, None)
    row.refresh_from_db()
    assert row.percentage == Decimal(19)


def test_percentage_is_not_rounded():
    found = mapping.mapped_values(conf.model("TaxRate"), {"percentage": 8.8875}, None)
    assert found == {"percentage": Decimal("8.8875")}
