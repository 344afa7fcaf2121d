import pytest

from stripe_integrations.testing import objects
from tests.webhooks.follow import follow, rows

pytestmark = pytest.mark.django_db(transaction=True)


class TestProduct:
    def test_product_follows_its_events(self, poster):
        follow(poster, "product", objects.product(), {"name": "Gold"}, {"name": "Lead"})

    def test_features_that_no_column_holds_are_in_the_data(self, poster):
        data = objects.product(marketing_features=[{"name": "fast"}])
        assert poster.event(objects.event("product.created", data)) == 200
        assert rows("Product").get().stripe_data["marketing_features"] == [{"name": "fast"}]

    @pytest.mark.parametrize(
        "reference", ["price_1", {"id": "price_1", "object": "price", "deleted": True}]
    )
    def test_default_price_is_an_id_or_expanded(self, poster, reference):
        data = objects.product(default_price=reference)
        assert poster.event(objects.event("product.created", data)) == 200
        assert rows("Product").get().default_price_id == "price_1"
