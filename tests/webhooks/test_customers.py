from decimal import Decimal

import pytest

from stripe_integrations.testing import objects
from tests.webhooks.follow import follow, rows

pytestmark = pytest.mark.django_db(transaction=True)


class TestCustomer:
    def test_customer_follows_its_events(self, poster):
        follow(
            poster, "customer", objects.customer(), {"email": "ada@example.com"}, {"email": "b@c.d"}
        )

    def test_balance_of_former_versions_is_mapped(self, poster):
        data = objects.customer(account_balance=-500)
        del data["balance"]
        assert poster.event(objects.event("customer.created", data)) == 200
        row = rows("Customer").get()
        assert (row.balance, row.balance_money) == (-500, Decimal(-5))

    @pytest.mark.parametrize("reference", ["card_1", {"id": "card_1", "object": "card"}])
    def test_default_source_is_an_id_or_expanded(self, poster, reference):
        data = objects.customer(default_source=reference)
        assert poster.event(objects.event("customer.created", data)) == 200
        assert rows("Customer").get().default_source == "card_1"

    def test_default_payment_method_is_mapped_from_the_invoice_settings(self, poster):
        data = objects.customer(invoice_settings={"default_payment_method": "pm_1"})
        assert poster.event(objects.event("customer.created", data)) == 200
        assert rows("Customer").get().default_payment_method_id == "pm_1"
