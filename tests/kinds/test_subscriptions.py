from datetime import datetime, timezone
from decimal import Decimal

import pytest

from stripe_integrations import conf, kinds
from stripe_integrations.mirror import mapping
from stripe_integrations.mirror.sync import sync
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db


def rows(name):
    return conf.model(name).objects


def time(value):
    return datetime.fromtimestamp(value, tz=timezone.utc)


class TestSubscriptionItem:
    def test_item_is_stored(self):
        (data,) = objects.subscription()["items"]["data"]
        row = sync(kinds.SUBSCRIPTION_ITEM, data, None)
        assert (row.subscription_id, row.price_id, row.product_id) == ("sub_1", "price_1", "prod_1")
        assert (row.quantity, row.current_period_start) == (1, time(objects.NOW))

    def test_item_of_2018_has_a_plan(self):
        data = {
            "id": "si_1",
            "object": "subscription_item",
            "plan": {"id": "gold", "product": None},
        }
        row = sync(kinds.SUBSCRIPTION_ITEM, data, None)
        assert (row.price_id, row.product_id, row.quantity) == ("gold", None, None)

    def test_items_are_those_of_the_subscription(self):
        subscription = rows("Subscription").create(id="sub_1")
        item = rows("SubscriptionItem").create(id="si_1", subscription_id="sub_1")
        rows("SubscriptionItem").create(id="si_2", subscription_id="sub_2")
        assert list(subscription.items.all()) == [item]


class TestWithPrice:
    @pytest.fixture(autouse=True)
    def items(self):
        for id in ("sub_1", "sub_2", "sub_3"):
            rows("Subscription").create(id=id, status="active")
        for id, subscription, price in (
            ("si_1", "sub_1", "gold"),
            ("si_2", "sub_1", "support"),
            ("si_3", "sub_1", "support"),
            ("si_4", "sub_2", "gold"),
            ("si_5", "sub_absent", "support"),
        ):
            rows("SubscriptionItem").create(id=id, subscription_id=subscription, price_id=price)

    def test_any_item_counts_and_each_subscription_once(self):
        assert rows("Subscription").active().with_price("support").get().pk == "sub_1"
        assert rows("Subscription").with_price("gold").count() == 2
        assert not rows("Subscription").with_price("silver").exists()

    def test_price_may_be_a_row(self):
        price = rows("Price").create(id="support")
        assert rows("Subscription").with_price(price).get().pk == "sub_1"

    def test_deleted_item_does_not_count(self):
        rows("SubscriptionItem").filter(pk="si_4").update(deleted_at=time(objects.NOW))
        assert rows("Subscription").with_price("gold").get().pk == "sub_1"

    def test_item_of_another_account_does_not_count(self):
        rows("SubscriptionItem").filter(price_id="support").update(account="acct_1")
        assert not rows("Subscription").with_price("support").exists()


class TestSubscription:
    def columns(self, **data):
        return mapping.mapped_values(conf.model("Subscription"), data, None)

    def test_latest_invoice_and_schedule_are_links(self):
        latest = {"id": "in_1", "object": "invoice"}
        row = sync(kinds.SUBSCRIPTION, objects.subscription(latest_invoice=latest), None)
        assert row.latest_invoice is None
        invoice = rows("Invoice").create(id="in_1")
        assert rows("Subscription").get().latest_invoice == invoice

    def test_discount_of_a_deleted_subscription_may_be_an_empty_list(self):
        assert self.columns(discount=[], discounts=[], items=[], schedule=[]) == {
            "discount_id": None,
            "schedule_id": None,
        }

    @pytest.mark.parametrize(
        "data",
        [
            {"currency": "eur"},
            {"items": {"data": [{"price": {"currency": "eur"}}]}},
            {"items": {"data": [{"plan": {"currency": "eur"}}]}},
            {"plan": {"currency": "eur"}},
        ],
    )
    def test_currency_before_subscriptions_had_one(self, data):
        assert self.columns(**data)["currency"] == "eur"


class TestSubscriptionSchedule:
    def test_schedule_is_stored(self):
        data = {
            "id": "sub_sched_1",
            "object": "subscription_schedule",
            "current_phase": {"start_date": objects.NOW, "end_date": objects.NOW + 60},
            "customer": "cus_1",
            "end_behavior": "release",
            "phases": [],
            "status": "active",
            "subscription": {"id": "sub_1", "object": "subscription"},
        }
        row = sync(kinds.SUBSCRIPTION_SCHEDULE, data, None)
        assert (row.customer_id, row.subscription_id) == ("cus_1", "sub_1")
        assert row.current_phase_end == time(objects.NOW + 60)
        assert rows("Subscription").create(id="sub_1").schedules.get() == row

    def test_schedule_of_early_2019_had_a_renewal_behavior(self):
        data = {"renewal_behavior": "release", "current_phase": [], "subscription": None}
        found = mapping.mapped_values(conf.model("SubscriptionSchedule"), data, None)
        assert found == {"end_behavior": "release", "subscription_id": None}


class TestPlan:
    def test_plan_and_price_of_one_id_are_two_rows(self):
        plan = {"id": "gold", "object": "plan", "amount": 999, "currency": "usd"}
        row = sync(kinds.PLAN, plan, None)
        price = sync(kinds.PRICE, objects.price(id="gold"), None)
        assert (row.pk, row.amount_decimal, row.amount_money) == ("gold", 999, Decimal("9.99"))
        assert price.unit_amount == 1050

    def test_plan_of_a_connected_account_has_the_account_in_its_key(self):
        row = sync(kinds.PLAN, {"id": "gold", "object": "plan", "product": "p"}, "acct_1")
        assert (row.pk, row.product_id) == ("acct_1/gold", "acct_1/p")

    @pytest.mark.parametrize(
        ("data", "money"),
        [
            ({"amount": None, "amount_decimal": "0.0381"}, "0.000381"),
            ({"amount": 999, "amount_decimal": 999.0}, "9.99"),
            ({"amount": None, "amount_decimal": None}, None),
        ],
    )
    def test_amount_may_be_fractional_or_tiered(self, data, money):
        values = mapping.mapped_values(conf.model("Plan"), {**data, "currency": "usd"}, None)
        assert conf.model("Plan")(**values).amount_money == (money and Decimal(money))

    def test_name_of_a_plan_of_2018_is_its_nickname(self):
        found = mapping.mapped_values(conf.model("Plan"), {"name": "Gold"}, None)
        assert found == {"nickname": "Gold"}
