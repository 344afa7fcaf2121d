from datetime import datetime, timezone

import pytest

from stripe_integrations.testing import objects
from tests.webhooks.follow import rows

pytestmark = pytest.mark.django_db(transaction=True)


def time(seconds):
    return datetime.fromtimestamp(seconds, tz=timezone.utc)


class TestSubscription:
    def test_subscription_follows_its_events(self, poster):
        data = objects.subscription()
        assert poster.event(objects.event("customer.subscription.created", data)) == 200
        row = rows("Subscription").get()
        assert (row.status, row.price_id, row.quantity) == ("active", "price_1", 1)
        data = objects.subscription(status="past_due")
        message = objects.event("customer.subscription.updated", data, created=objects.NOW + 60)
        assert poster.event(message) == 200
        assert rows("Subscription").current().get().status == "past_due"
        assert not rows("Subscription").active().exists()

    @pytest.mark.parametrize(
        "verb",
        [
            "trial_will_end",
            "paused",
            "resumed",
            "pending_update_applied",
            "pending_update_expired",
            "deleted",
        ],
    )
    def test_other_verbs_are_updates(self, poster, verb):
        data = objects.subscription(status="a new status")
        assert poster.event(objects.event(f"customer.subscription.{verb}", data)) == 200
        row = rows("Subscription").get()
        assert (row.status, row.is_deleted) == ("a new status", False)

    def test_period_of_todays_versions_is_in_the_items(self, poster):
        message = objects.event("customer.subscription.created", objects.subscription())
        assert poster.event(message) == 200
        row = rows("Subscription").get()
        assert row.current_period_start == time(objects.NOW)
        assert row.current_period_end == time(objects.NOW + 2_592_000)

    def test_period_of_former_versions_is_on_the_subscription(self, poster):
        data = objects.subscription(current_period_start=1000, current_period_end=2000)
        del data["items"]["data"][0]["current_period_start"]
        del data["items"]["data"][0]["current_period_end"]
        assert poster.event(objects.event("customer.subscription.created", data)) == 200
        row = rows("Subscription").get()
        assert (row.current_period_start, row.current_period_end) == (time(1000), time(2000))

    def test_plan_of_the_oldest_versions_is_mapped(self, poster):
        data = objects.subscription(plan={"id": "gold", "object": "plan"}, quantity=3, start=1000)
        for key in ("items", "start_date"):
            del data[key]
        assert poster.event(objects.event("customer.subscription.created", data)) == 200
        row = rows("Subscription").get()
        assert (row.price_id, row.quantity, row.start_date) == ("gold", 3, time(1000))
