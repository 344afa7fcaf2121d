"""stripe_verify, stripe_remap and sync_all: the rows of objects in lists, and entitlements."""

import pytest

from stripe_integrations import conf
from stripe_integrations.actions import StripeEntitlementSummary, StripeSubscription
from stripe_integrations.testing import objects
from tests.commands.test_remap import run as remap
from tests.commands.test_verify import verify

pytestmark = pytest.mark.django_db(transaction=True)

SUMMARY = "entitlements.active_entitlement_summary"


def items():
    return conf.model("SubscriptionItem").objects.order_by("pk")


def active():
    rows = conf.model("ActiveEntitlement").objects.not_deleted()
    return sorted(rows.values_list("customer_id", "lookup_key"))


class TestItems:
    @pytest.fixture(autouse=True)
    def mirrored(self, stripe_api, deliver):
        stripe_api.clock = objects.NOW - 600
        stripe_api.create("customers", {"id": "cus_1"})
        stripe_api.create("prices", {"id": "price_1"})
        chosen = [{"price": "price_1", "quantity": number} for number in (1, 2)]
        stripe_api.create("subscriptions", {"id": "sub_1", "customer": "cus_1", "items": chosen})
        deliver(*stripe_api.events.values())
        assert items().count() == 2
        return stripe_api

    def assert_is_found_and_fixed(self):
        told = "stale subscription sub_1: items"
        assert verify("subscription") == ([told], False)
        assert verify("subscription", "--fix") == ([f"fixed {told}"], True)
        assert verify("subscription") == ([], True)
        assert list(items().not_deleted().values_list("quantity", flat=True)) == [1, 2]

    def test_equal_parts_have_no_differences(self):
        assert verify("subscription") == ([], True)

    def test_missing_part_is_found_and_fixed(self):
        items().first().delete()
        self.assert_is_found_and_fixed()

    def test_all_parts_missing_are_found_and_fixed(self):
        items().delete()
        self.assert_is_found_and_fixed()

    def test_deleted_part_that_stripe_has_is_found_and_fixed(self):
        items().filter(pk=items().first().pk).update(deleted_at="2026-01-01T00:00Z")
        self.assert_is_found_and_fixed()

    def test_extra_part_is_found_and_fixed(self):
        items().model.objects.create(id="si_x", subscription_id="sub_1", quantity=9)
        self.assert_is_found_and_fixed()
        assert items().get(pk="si_x").is_deleted

    @pytest.mark.parametrize(
        "planted", [{"quantity": 9}, {"price_id": "price_9"}, {"current_period_end": None}]
    )
    def test_part_with_another_column_is_found_and_fixed(self, planted):
        items().filter(pk=items().first().pk).update(**planted)
        self.assert_is_found_and_fixed()

    def test_part_of_another_subscription_is_found_and_fixed(self):
        items().filter(pk=items().first().pk).update(subscription_id="sub_9")
        self.assert_is_found_and_fixed()

    def test_part_that_another_account_has_taken_is_taken_back(self):
        items().filter(pk=items().first().pk).update(account="acct_9")
        told = "fixed stale subscription sub_1: items"
        assert verify("subscription", "--fix") == ([told], True)
        assert not items().filter(account="acct_9").exists()

    def test_part_of_a_kind_that_mirror_leaves_out_is_not_missed(self, settings):
        mirror = {"subscription_item": False}
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "MIRROR": mirror}
        items().delete()
        assert verify("subscription") == ([], True)

    def test_sync_all_of_an_equal_subscription_leaves_its_items(self):
        before = list(items().values())
        assert StripeSubscription.sync_all() == 1
        assert list(items().values()) == before


def entitlement(key):
    return {
        "id": f"ent_{key}",
        "object": "entitlements.active_entitlement",
        "feature": f"feat_{key}",
        "livemode": False,
        "lookup_key": key,
    }


def summary(*keys):
    found = {"object": "list", "data": [entitlement(key) for key in keys], "has_more": False}
    data = {"object": SUMMARY, "customer": "cus_1", "entitlements": found, "livemode": False}
    return objects.event(f"{SUMMARY}.updated", data, created=objects.NOW - 600)


class TestEntitlements:
    @pytest.fixture
    def api(self, stripe_api, deliver):
        """Two customers, one of whom is entitled to something."""
        stripe_api.clock = objects.NOW - 300
        for number in (1, 2):
            stripe_api.create("customers", {"id": f"cus_{number}"})
        deliver(*stripe_api.events.values())
        held = {each["id"]: each for each in map(entitlement, "ab")}
        stripe_api.current.entitlements["cus_1"] = held
        return stripe_api

    def test_sync_all_reads_the_entitlements_of_all_customers(self, api):
        assert StripeEntitlementSummary.sync_all() == 1
        assert active() == [("cus_1", "a"), ("cus_1", "b")]
        assert [row.pk for row in conf.model("StripeObject").objects.all()] == [f"{SUMMARY}/cus_1"]

    def test_entitlements_of_a_customer_are_retrieved(self, api, deliver):
        deliver(summary("a", "c"))
        StripeEntitlementSummary.retrieve("cus_1")
        assert active() == [("cus_1", "a"), ("cus_1", "b")]

    def test_equal_entitlements_have_no_differences(self, api, deliver):
        deliver(summary("b", "a"))  # as the fake lists them, the newest first
        assert verify(SUMMARY) == ([], True)

    def test_set_that_never_arrived_is_found_and_fixed(self, api):
        assert verify(SUMMARY) == ([f"missing {SUMMARY} cus_1"], False)
        assert verify(SUMMARY, "--fix")[1]
        assert active() == [("cus_1", "a"), ("cus_1", "b")]
        assert verify(SUMMARY) == ([], True)

    def test_set_that_has_changed_is_found_and_fixed(self, api, deliver):
        deliver(summary("a", "c"))
        assert verify(SUMMARY) == ([f"stale {SUMMARY} cus_1: entitlements"], False)
        assert verify(SUMMARY, "--fix")[1]
        assert active() == [("cus_1", "a"), ("cus_1", "b")]

    def test_set_that_is_empty_now_is_found_and_fixed(self, api, deliver):
        deliver(summary("a"))
        api.current.entitlements.clear()
        assert verify(SUMMARY, "--fix")[1]
        assert active() == []
        assert verify(SUMMARY) == ([], True)

    def test_lost_rows_are_found_and_fixed(self, api, deliver):
        deliver(summary("b", "a"))
        conf.model("ActiveEntitlement").objects.all().delete()
        assert verify(SUMMARY) == ([f"stale {SUMMARY} cus_1: entitlements"], False)
        assert verify(SUMMARY, "--fix")[1]
        assert active() == [("cus_1", "a"), ("cus_1", "b")]

    def test_entitlements_are_compared_without_being_named(self, api):
        assert f"missing {SUMMARY} cus_1" in verify()[0]

    @pytest.mark.parametrize("names", [(), (SUMMARY,)])
    def test_remap_makes_the_rows_of_stored_sets(self, stripe_api, deliver, names):
        deliver(summary("a", "b"))
        before = list(conf.model("ActiveEntitlement").objects.order_by("pk").values())
        conf.model("ActiveEntitlement").objects.all().delete()
        assert f"{SUMMARY}: 0 moved, 1 of 1 filled." in remap(*names)
        assert list(conf.model("ActiveEntitlement").objects.order_by("pk").values()) == before
        assert f"{SUMMARY}: 0 moved, 0 of 1 filled." in remap(*names)
        assert stripe_api.requests == []
