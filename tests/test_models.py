from decimal import Decimal

import pytest
import stripe
from django import forms
from django.contrib.auth import get_user_model
from rest_framework import serializers

from stripe_integrations import conf, mapping, money
from stripe_integrations.actions import MIRRORED

pytestmark = pytest.mark.django_db


def rows(name):
    return conf.model(name).objects


class TestStripeLink:
    @pytest.fixture
    def price(self):
        return rows("Price").create(id="price_1", product_id="prod_1", active=True)

    def test_none_while_the_row_is_absent_then_the_row(self, price):
        assert (price.product, price.product_id) == (None, "prod_1")
        product = rows("Product").create(id="prod_1", name="Gold")
        assert price.product == product

    def test_select_related_and_prefetch_related(self, price):
        rows("Price").create(id="price_2", product_id="prod_2")
        rows("Product").create(id="prod_1", name="Gold")
        for queryset in (
            rows("Price").select_related("product"),
            rows("Price").prefetch_related("product"),
        ):
            found = {each.pk: each.product and each.product.name for each in queryset}
            assert found == {"price_1": "Gold", "price_2": None}

    def test_joins_and_reverse_names(self, price):
        product = rows("Product").create(id="prod_1", name="Gold")
        assert rows("Price").get(product__name="Gold") == price
        assert product.prices.get() == price
        assert rows("Product").get(prices__id="price_1") == product

    def test_assignment(self, price):
        price.product = product = rows("Product").create(id="prod_2")
        price.save()
        assert rows("Price").get().product == product
        price.product = None
        price.save()
        assert rows("Price").get().product_id is None

    def test_validation_does_not_ask_for_the_row(self, price):
        field = price._meta.get_field("product")
        assert field.clean("prod_absent", price) == "prod_absent"

    def test_form_field_is_a_plain_id(self, price):
        class PriceForm(forms.ModelForm):
            class Meta:
                model = conf.model("Price")
                fields = ("product",)

        assert PriceForm(instance=price).initial == {"product": "prod_1"}
        form = PriceForm({"product": "prod_absent"}, instance=price)
        assert form.is_valid(), form.errors
        form.save()
        assert rows("Price").get().product_id == "prod_absent"
        PriceForm({"product": ""}, instance=price).save()
        assert rows("Price").get().product_id is None

    def test_serializer_shows_the_id_without_a_query(self, price, django_assert_num_queries):
        class PriceSerializer(serializers.ModelSerializer):
            class Meta:
                model = conf.model("Price")
                fields = ("id", "product")

        with django_assert_num_queries(0):
            assert PriceSerializer(price).data == {"id": "price_1", "product": "prod_1"}


def test_ids_differ_by_case():
    rows("Customer").create(id="cus_A")
    rows("Customer").create(id="cus_a")
    assert rows("Customer").filter(id="cus_A").count() == 1
    rows("Card").create(id="card_1", customer_id="cus_a")
    assert rows("Card").get().customer.pk == "cus_a"
    assert not rows("Card").filter(customer__id="cus_A").exists()


class TestQuerysets:
    def test_for_user(self):
        ada, bob = (get_user_model().objects.create(username=name) for name in ("ada", "bob"))
        for user in (ada, bob):
            rows("Customer").create(id=f"cus_{user.username}", user=user)
            for name in ("Card", "BankAccount", "Source", "Subscription"):
                rows(name).create(id=f"x_{user.username}", customer_id=f"cus_{user.username}")
        assert rows("Customer").for_user(ada).get().pk == "cus_ada"
        for name in ("Card", "BankAccount", "Source", "Subscription"):
            assert rows(name).for_user(ada).get().pk == "x_ada"

    def test_for_sale(self):
        rows("Product").create(id="sold", active=True)
        rows("Product").create(id="retired", active=False)
        rows("Product").create(id="gone", active=True, deleted_at="2026-01-01T00:00Z")
        for product in ("sold", "retired", "gone", "absent"):
            rows("Price").create(id=product, product_id=product, active=True)
        rows("Price").create(id="inactive", product_id="sold", active=False)
        rows("Price").create(
            id="deleted", product_id="sold", active=True, deleted_at="2026-01-01T00:00Z"
        )
        assert rows("Price").for_sale().get().pk == "sold"

    def test_chained(self):
        rows("Subscription").create(id="sub_1", status="active")
        assert rows("Subscription").not_deleted().current().active().get().pk == "sub_1"


class TestMoney:
    @pytest.mark.parametrize(
        ("amount", "currency", "expected"),
        [
            (1050, "usd", "10.50"),
            (1050, "USD", "10.50"),
            (-1050, "eur", "-10.50"),
            (500, "jpy", "500"),
            (1500, "ugx", "15.00"),
            (5120, "kwd", "5.120"),
            (Decimal("0.0381"), "usd", "0.000381"),
            (2**63 - 1, "usd", "92233720368547758.07"),
        ],
    )
    def test_decimal(self, amount, currency, expected):
        assert str(money.to_decimal(amount, currency)) == expected

    @pytest.mark.parametrize(("amount", "currency"), [(None, "usd"), (1, None), (1, "")])
    def test_unknown(self, amount, currency):
        assert money.to_decimal(amount, currency) is None

    def test_properties(self):
        price = conf.model("Price")(unit_amount=1, unit_amount_decimal="1.5", currency="usd")
        assert price.unit_amount_money == Decimal("0.015")
        price.unit_amount_decimal = None
        assert price.unit_amount_money == Decimal("0.01")
        coupon = conf.model("Coupon")(amount_off=500, currency="jpy")
        assert coupon.amount_off_money == 500
        assert conf.model("Coupon")(percent_off=5).amount_off_money is None


@pytest.mark.parametrize("kind", MIRRORED)
def test_each_column_is_an_attribute_that_the_sdk_knows(kind):
    resource = {
        "bank_account": stripe.BankAccount,
        "card": stripe.Card,
        "coupon": stripe.Coupon,
        "customer": stripe.Customer,
        "price": stripe.Price,
        "product": stripe.Product,
        "source": stripe.Source,
        "subscription": stripe.Subscription,
    }[kind]
    model = MIRRORED[kind].model()
    for field in mapping.mapped_fields(model):
        if field.name in ("ours", "created"):
            continue
        starts = {path.partition(".")[0] for path in mapping.paths(model, field.name)}
        assert starts & set(resource.__annotations__), field.name


def test_str_is_the_id():
    assert str(conf.model("Price")(id="price_1")) == "price_1"
    assert str(conf.model("Event")(id="evt_1", kind="a.b")) == "a.b evt_1"
