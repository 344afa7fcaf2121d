from decimal import Decimal

import pytest

from stripe_integrations.testing import objects
from tests.webhooks.follow import follow, rows

pytestmark = pytest.mark.django_db(transaction=True)


class TestCard:
    def test_card_follows_its_events(self, poster):
        follow(poster, "customer.source", objects.card(), {"exp_year": 2030}, {"exp_year": 2035})

    def test_expiring_card_is_mirrored(self, poster):
        assert poster.event(objects.event("customer.source.expiring", objects.card())) == 200
        assert rows("Card").get().last4 == "4242"

    def test_brand_of_former_versions_is_mapped(self, poster):
        data = objects.card(type="Visa")
        del data["brand"]
        assert poster.event(objects.event("customer.source.created", data)) == 200
        assert rows("Card").get().brand == "Visa"


class TestOtherKinds:
    """The object's own `object` picks the model, not the event's prefix or the id's."""

    def test_bank_account_follows_its_events(self, poster):
        data = {
            "id": "ba_1",
            "object": "bank_account",
            "bank_name": "Bank",
            "country": "US",
            "currency": "usd",
            "customer": "cus_1",
            "last4": "6789",
            "status": "new",
        }
        follow(poster, "customer.source", data, {"status": "new"}, {"status": "verified"})

    def test_source_follows_its_events(self, poster):
        data = {
            "id": "src_1",
            "object": "source",
            "amount": 1050,
            "created": objects.NOW,
            "currency": "eur",
            "livemode": False,
            "status": "pending",
            "type": "ideal",
        }
        follow(poster, "customer.source", data, {"status": "pending"}, {"status": "chargeable"})
        assert rows("Source").get().amount_money == Decimal("10.50")

    def test_kind_that_is_not_mirrored(self, poster):
        data = {"id": "card_1", "object": "alipay_account"}
        assert poster.event(objects.event("customer.source.created", data)) == 200
        assert not rows("Card").exists()
