"""Events of one moment: what the API is asked, when, and what is done without an answer."""

import contextlib
import io
import itertools
import time

import pytest
import stripe
from django.core.management import call_command
from django.db import connections

from stripe_integrations import client, conf
from stripe_integrations.actions import (
    StripeCoupon,
    StripeCustomer,
    StripeProduct,
    StripeSubscription,
    StripeWebhook,
)
from stripe_integrations.dispatch import events
from stripe_integrations.inbox.receive import accept
from stripe_integrations.mirror import listing
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook
from stripe_integrations.webhooks.products import ProductUpdatedWebhook

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def product(stripe_api):
    """A product that Stripe calls Gold; Stripe's clock stands still."""
    stripe_api.clock = objects.NOW
    return stripe_api.create("products", {"id": "prod_1", "name": "Gold"})


def update(name, created=objects.NOW, **values):
    return objects.event("product.updated", objects.product(name=name), created=created, **values)


def row():
    return conf.model("Product").objects.get()


def paths(stripe_api):
    return [request.path for request in stripe_api.requests]


def policy(settings, **policies):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "SYNC_POLICY": policies}


class TestReads:
    def test_newer_and_older_are_not_read(self, product, stripe_api, deliver):
        deliver(update("a"), update("b", objects.NOW + 3), update("c", objects.NOW))
        assert (row().name, paths(stripe_api)) == ("b", [])

    def test_of_the_same_moment_the_object_is_read(self, product, stripe_api, deliver):
        deliver(update("a"), update("b", objects.NOW + 2))
        assert (row().name, row().in_doubt) == ("Gold", False)
        assert paths(stripe_api) == ["/v1/products/prod_1"]

    def test_what_began_at_the_row_is_not_read(self, product, stripe_api, deliver):
        deliver(update("a", previous={"name": "z"}), update("b", previous={"name": "a"}))
        assert (row().name, paths(stripe_api)) == ("b", [])

    def test_after_a_state_that_nobody_knows_it_is_read(self, product, stripe_api, deliver):
        deliver(update("a"), update("b", previous={"name": "a"}))
        assert (row().name, len(paths(stripe_api))) == ("Gold", 1)

    def test_no_transaction_is_open_meanwhile(self, product, deliver, before_each_answer):
        open_ones = []
        ours = connections["default"]  # the fake answers in another thread, with another one

        before_each_answer(lambda _request: open_ones.append(ours.in_atomic_block))
        deliver(update("a"), update("b"))
        assert open_ones == [False]

    def test_written_meanwhile_it_is_read_again(
        self, product, stripe_api, deliver, before_each_answer
    ):
        others = iter([update("later", objects.NOW + 1)])

        def write_meanwhile(_request):
            for other in others:
                stripe_api.change("products", "prod_1", {"name": "Platinum"})
                deliver(other)

        before_each_answer(write_meanwhile)
        deliver(update("a"), update("b"))
        assert (row().name, row().in_doubt) == ("Platinum", False)
        assert len(paths(stripe_api)) == 3

    def test_reads_that_are_always_overtaken_end(
        self, product, stripe_api, deliver, before_each_answer
    ):
        def write_meanwhile(_request):
            conf.model("Product").objects.update(version=row().version + 1)

        before_each_answer(write_meanwhile)
        deliver(update("a"), update("b"))
        assert (row().name, row().in_doubt) == ("b", True)
        assert len(paths(stripe_api)) == 10

    def test_list_that_goes_on_is_read_whole(self, stripe_api, deliver, settings):
        stripe_api.create("customers", {"id": "cus_1"})
        stripe_api.create("prices", {"id": "price_1"})
        items = [{"price": "price_1"}] * 130
        params = {"id": "sub_1", "customer": "cus_1", "items": items}
        stripe_api.create("subscriptions", params)
        message = list(stripe_api.events.values())[-1]
        assert message["data"]["object"]["items"]["has_more"]
        deliver(message)
        mirrored = conf.model("Subscription").objects.get()
        assert mirrored.stripe_data == stripe_api.objects["subscriptions"]["sub_1"]
        assert len(mirrored.stripe_data["items"]["data"]) == 130
        assert StripeSubscription.sync_all() == 1
        mirrored.refresh_from_db()
        assert (mirrored.version, len(mirrored.stripe_data["items"]["data"])) == (1, 130)


class TestNoAnswer:
    @pytest.mark.parametrize("status", [401, 403, 429, 500, None])
    def test_later_arrival_is_kept_and_marked(self, product, stripe_api, deliver, status):
        deliver(update("a"))
        if status:
            stripe_api.fail_with(status)
        else:
            stripe_api.down()
        deliver(update("b"))
        assert (row().name, row().in_doubt) == ("b", True)

    def test_slow_answer_leaves_a_doubt(self, product, stripe_api, deliver, monkeypatch):
        monkeypatch.setattr(client, "IMPATIENT", 0.2)
        client.forget_connections()
        stripe_api.latency = 1
        deliver(update("a"), update("b"))
        client.forget_connections()
        assert (row().name, row().in_doubt) == ("b", True)
        assert len(paths(stripe_api)) == 1  # it is tried once

    def test_missing_key_leaves_a_doubt(self, product, stripe_api, deliver, settings):
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "API_KEY": None}
        deliver(update("a"), update("b"))
        assert (row().name, row().in_doubt) == ("b", True)
        assert paths(stripe_api) == []

    def test_plain_update_needs_no_answer(self, stripe_api, poster):
        stripe_api.down()
        for seconds, name in enumerate(("a", "b", "c")):
            assert poster.event(update(name, objects.NOW + 10 * seconds)) == 200
        assert (row().name, row().in_doubt) == ("c", False)

    def test_doubt_is_settled_by_the_next_event(self, product, stripe_api, deliver):
        stripe_api.down()
        deliver(update("a"), update("b"), update("c", objects.NOW + 3))
        assert (row().name, row().in_doubt) == ("c", False)

    def test_nor_does_a_doubt_take_what_only_began_at_it(self, product, stripe_api, deliver):
        stripe_api.down()
        deliver(update("a"), update("b"), update("c", previous={"name": "b"}))
        assert (row().name, row().in_doubt) == ("c", True)


class TestOddAnswers:
    """What cannot be the object is no answer."""

    @pytest.fixture
    def answering(self, product, stripe_api, monkeypatch):
        def answer(text):
            monkeypatch.setattr(stripe_api, "handle", lambda *_args: (text, False))

        return answer

    @pytest.mark.parametrize(
        "text",
        [
            "5",
            "[]",
            "null",
            "{}",
            "not JSON",
            '{"error": {}}',
            '{"id": "prod_1", "object": "customer"}',
            '{"id": "prod_1", "object": ["product"]}',
            '{"object": "product"}',
            '{"id": "prod_1", "object": "product", "x": ' + "[" * 30 + "]" * 30 + "}",
        ],
    )
    def test_answer_that_is_no_object_leaves_a_doubt(self, answering, deliver, text):
        deliver(update("a"))
        answering(text)
        deliver(update("b"))
        assert (row().name, row().in_doubt, row().is_deleted) == ("b", True, False)
        with pytest.raises(stripe.APIError):
            StripeProduct.retrieve("prod_1")
        assert row().name == "b"

    def test_answer_of_another_object_leaves_a_doubt(self, answering, deliver):
        deliver(update("a"))
        answering('{"id": "prod_2", "object": "product"}')
        deliver(update("b"))
        assert (row().name, row().in_doubt) == ("b", True)

    def test_unstorable_values_of_an_answer_are_replaced(self, answering, deliver):
        deliver(update("a"))
        answering(
            '{"id": "prod_1", "object": "product", "name": "\\ud800\\u0000", "x": NaN, "y": 2.0}'
        )
        deliver(update("b"))
        assert (row().name, row().in_doubt) == ("\ufffd\ufffd", False)
        assert (row().stripe_data["x"], row().stripe_data["y"]) == (None, 2)

    def test_ids_that_leave_their_place(self, stripe_api, deliver):
        for id in (".", ".."):
            for name in ("a", "b"):
                data = objects.product(id, name=name)
                deliver(objects.event("product.updated", data))
        assert paths(stripe_api) == []
        assert conf.model("Product").objects.filter(in_doubt=True).count() == 2


class TestOtherMode:
    """The key is of one mode, live or test, and what the API answers is of the other."""

    @pytest.fixture(autouse=True)
    def live_product(self, stripe_api):
        stripe_api.clock = objects.NOW
        stripe_api.create("products", {"id": "prod_1", "name": "Live", "livemode": True})

    @pytest.fixture
    def key_of_no_mode(self, settings):
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "API_KEY": "sk_old"}

    @pytest.mark.parametrize(
        "ask",
        [
            lambda: StripeProduct.retrieve("prod_1"),
            lambda: StripeProduct.sync_all(),
            lambda: list(listing.list_pages(StripeProduct.kind, None)),
        ],
        ids=["retrieve", "sync_all", "listed"],
    )
    @pytest.mark.parametrize("names", [[], ["a"]], ids=["no row", "row"])
    def test_answer_of_the_other_mode_is_refused(self, deliver, ask, names):
        deliver(*map(update, names))
        with pytest.raises(stripe.APIError, match="other mode"):
            ask()
        rows = conf.model("Product").objects.values_list("name", "version", "livemode")
        assert list(rows) == [(name, 1, False) for name in names]

    def test_is_no_answer_to_a_doubt(self, poster):
        assert [poster.event(update(name)) for name in ("a", "b")] == [200, 200]
        assert (row().name, row().in_doubt, row().livemode) == ("b", True, False)

    def test_nor_is_it_if_the_row_alone_tells_the_mode(self, poster, key_of_no_mode):
        assert [poster.event(update(name)) for name in ("a", "b")] == [200, 200]
        assert (row().name, row().in_doubt, row().livemode) == ("b", True, False)
        assert StripeProduct.settle(row()).in_doubt

    def test_row_of_one_mode_is_not_written_from_the_other(self, deliver, key_of_no_mode):
        deliver(update("a"))
        conf.model("Product").objects.update(as_of=objects.NOW - 60)
        assert StripeProduct.retrieve("prod_1").name == "a"
        StripeProduct.sync_all()
        assert (row().name, row().version, row().livemode) == ("a", 1, False)


class TestGone:
    def deleted(self, created=objects.NOW):
        return objects.event("product.deleted", objects.product(), created=created)

    def test_deletion_and_updates_of_one_moment_end_deleted_in_every_order(
        self, stripe_api, deliver
    ):
        numbers = itertools.count()
        for order in itertools.permutations([update("a"), update("b"), self.deleted()]):
            conf.model("Product").objects.all().delete()
            deliver(*({**message, "id": f"evt_{next(numbers)}"} for message in order))
            assert row().is_deleted, [message["type"] for message in order]
            assert not row().in_doubt

    def test_update_does_not_revive_while_stripe_is_down(self, stripe_api, deliver):
        stripe_api.down()
        deliver(self.deleted(), update("b"))
        assert (row().is_deleted, row().in_doubt) == (True, True)

    def test_nor_does_what_is_older_than_that_update(self, stripe_api, deliver):
        stripe_api.down()
        deliver(self.deleted(), update("b", objects.NOW + 20))
        created = objects.event("product.created", objects.product(), created=objects.NOW + 10)
        deliver(created)
        assert (row().is_deleted, row().in_doubt) == (True, True)

    def test_not_found_by_a_key_that_never_saw_it_deletes_nothing(self, stripe_api, deliver):
        deliver(update("a"), update("b"))
        assert (row().is_deleted, row().name, row().in_doubt) == (False, "b", True)

    def test_not_found_by_the_key_that_has_read_it(self, product, stripe_api, deliver):
        StripeProduct.retrieve("prod_1")
        stripe_api.delete("products", "prod_1")
        deliver(update("a", row().as_of + 1))
        assert (row().is_deleted, row().name, row().in_doubt) == (True, "Gold", False)

    def test_object_not_found_by_another_key_is_not_deleted(
        self, product, stripe_api, deliver, settings
    ):
        StripeProduct.retrieve("prod_1")
        stripe_api.delete("products", "prod_1")
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "API_KEY": "sk_test_2"}
        deliver(update("a", row().as_of + 1))
        assert (row().is_deleted, row().name, row().in_doubt) == (False, "a", True)

    def test_deletion_of_what_lives_again(self, product, stripe_api, deliver):
        deliver(update("a"), self.deleted(objects.NOW + 1))
        assert (row().is_deleted, row().name) == (False, "Gold")


class TestPolicies:
    def test_fetch_reads_for_each_event(self, product, stripe_api, deliver, settings):
        policy(settings, **{"*": "fetch"})
        deliver(update("a"), update("b", objects.NOW + 60), update("c", objects.NOW - 60))
        assert row().name == "Gold"
        assert len(paths(stripe_api)) == 3

    def test_policy_of_one_kind_reads_only_that_kind(self, product, stripe_api, deliver, settings):
        policy(settings, coupon="fetch")
        deliver(update("a"), objects.event("coupon.updated", objects.coupon("X")))
        assert paths(stripe_api) == ["/v1/coupons/X"]
        assert conf.model("Coupon").objects.get().in_doubt  # nothing of that id is there

    def test_payload_never_reads(self, product, stripe_api, deliver, settings):
        policy(settings, **{"*": "fetch", "product": "payload"})
        deliver(update("a"), update("b"))
        assert (row().name, row().in_doubt, paths(stripe_api)) == ("b", True, [])


class TestOncePerEvent:
    """The decision about an event's own object is taken once, whoever calls sync."""

    @pytest.fixture
    def syncing(self, own_registry):
        class Syncing(BaseWebhook):
            name = "product"
            rows = []

            def process_webhook(self):
                data = self.event.message["data"]["object"]
                Syncing.rows.append(StripeProduct.sync(data).name)

        return Syncing

    def test_app_class_gets_the_row(self, product, stripe_api, deliver, syncing):
        deliver(update("a"), update("b"))
        assert syncing.rows == ["a", "Gold"]
        assert paths(stripe_api) == ["/v1/products/prod_1"]
        assert row().version == 2

    def test_also_when_it_runs_hours_later(self, product, stripe_api, syncing, poster):
        class Failing(BaseWebhook):
            name = "product.updated"
            fails = True

            def process_webhook(self):
                if Failing.fails:
                    raise RuntimeError("told to fail")
                StripeProduct.sync(self.event.message["data"]["object"])

        message = update("a")
        assert poster.event(message) == 500
        stripe_api.change("products", "prod_1", {"name": "Later"})
        StripeProduct.retrieve("prod_1")
        Failing.fails = False
        asked = len(paths(stripe_api))
        assert poster.event(message) == 200
        assert (row().name, len(paths(stripe_api))) == ("Later", asked)

    def test_class_in_place_of_ours_that_does_not_sync(self, own_registry, stripe_api, poster):
        class Silent(ProductUpdatedWebhook):
            def process_webhook(self):
                pass

        assert poster.event(update("a")) == 200
        assert not conf.model("Product").objects.exists()
        assert conf.model("Event").objects.get().synced is False

    def test_caught_by_a_class_it_is_read_all_the_same(
        self, own_registry, product, stripe_api, poster
    ):
        class Swallowing(BaseWebhook):
            name = "price.updated"
            calls = 0

            def process_webhook(self):
                Swallowing.calls += 1
                with contextlib.suppress(Exception):
                    StripeProduct.sync(objects.product(name="of unknown age"))

        StripeProduct.sync(objects.product(name="a"))
        assert poster.event(objects.event("price.updated", objects.price())) == 200
        assert (row().name, Swallowing.calls) == ("Gold", 2)


class TestSyncFromAppCode:
    def test_data_of_unknown_age_is_read(self, product, stripe_api):
        StripeProduct.sync(objects.product(name="a"))
        assert StripeProduct.sync(objects.product(name="b")).name == "Gold"
        assert StripeProduct.sync(row().stripe_data).name == "Gold"
        assert paths(stripe_api) == ["/v1/products/prod_1"]


class TestSettle:
    @pytest.mark.parametrize(("answers", "settled"), [(True, True), (False, False)])
    def test_settle_ends_a_doubt_once_the_api_answers(
        self, product, stripe_api, deliver, answers, settled
    ):
        stripe_api.down()
        deliver(update("a"), update("b"))
        stripe_api.hangs_up = not answers
        assert StripeProduct.settle(row()).in_doubt is not settled
        assert row().in_doubt is not settled

    def test_deleted_true_in_the_answer_is_proof_by_itself(self, stripe_api, deliver):
        stripe_api.create("customers", {"id": "cus_1"})
        stripe_api.down()
        for name in ("a", "b"):
            data = objects.customer("cus_1", name=name)
            deliver(objects.event("customer.updated", data))
        customers = conf.model("Customer").objects
        assert customers.get().in_doubt
        stripe_api.hangs_up = False
        stripe_api.delete("customers", "cus_1")
        StripeCustomer.settle(customers.get())
        settled = customers.get()
        assert (settled.is_deleted, settled.in_doubt, settled.name) == (True, False, "b")

    def test_deleted_true_without_a_row_makes_a_tombstone(self, stripe_api, deliver, settings):
        policy(settings, **{"*": "fetch"})
        stripe_api.create("customers", {"id": "cus_1", "name": "Ada"})
        stripe_api.delete("customers", "cus_1")
        deliver(objects.event("customer.updated", objects.customer("cus_1", name="Ada")))
        row = conf.model("Customer").objects.get()
        assert (row.is_deleted, row.in_doubt, row.name) == (True, False, "Ada")


class TestNotFoundAfterADeletion:
    """A 404 is proof where a deletion of that very object is stored."""

    @pytest.fixture
    def revived(self, stripe_api, deliver):
        """Deliver a deletion and then its creation, of the same moment, while Stripe is down."""

        def revive(deletion=None):
            stripe_api.down()
            created = objects.event("coupon.created", objects.coupon("X"))
            deliver(deletion or objects.event("coupon.deleted", objects.coupon("X")), created)
            stripe_api.hangs_up = False
            return conf.model("Coupon").objects.filter(account=None).first()

        return revive

    def test_event_of_an_object_deleted_meanwhile_is_settled(self, revived):
        row = revived()
        assert (row.is_deleted, row.in_doubt) == (False, True)
        row = StripeCoupon.settle(row)
        row.refresh_from_db()
        assert (row.is_deleted, row.in_doubt, row.name) == (True, False, "Spring")

    def test_object_that_lives_again_is_not_deleted(self, revived, stripe_api):
        stripe_api.create("coupons", {"id": "X", "name": "Second"})
        StripeCoupon.settle(revived())
        row = conf.model("Coupon").objects.get()
        assert (row.is_deleted, row.in_doubt, row.name) == (False, False, "Second")

    @pytest.mark.parametrize(
        ("kind", "data", "more"),
        [
            ("coupon.deleted", objects.coupon("Y"), {}),
            ("coupon.deleted", objects.coupon("X"), {"account": "acct_1"}),
            ("coupon.deleted", objects.coupon("X"), {"livemode": True}),
            ("product.deleted", objects.product("X"), {}),
            ("coupon.updated", objects.coupon("X"), {}),
        ],
        ids=["other id", "other account", "other mode", "other kind", "no deletion"],
    )
    def test_deletion_of_something_else_is_no_proof(self, stripe_api, deliver, kind, data, more):
        deliver(objects.event(kind, data, created=objects.NOW - 9, **more))
        stripe_api.down()
        for name in ("a", "b"):
            deliver(objects.event("coupon.updated", objects.coupon("X", name=name)))
        stripe_api.hangs_up = False
        row = conf.model("Coupon").objects.get(pk="X")
        assert row.in_doubt
        StripeCoupon.settle(row)
        row.refresh_from_db()
        assert (row.is_deleted, row.in_doubt) == (False, True)

    @pytest.mark.parametrize("is_told_by", ["row", "event"])
    def test_deletion_of_an_earlier_life_is_no_proof(self, stripe_api, deliver, is_told_by):
        now = objects.NOW
        first = objects.coupon("X", created=now - 5000)
        deliver(objects.event("coupon.deleted", first, created=now - 1000))
        second = objects.coupon("X", created=now - 500)
        stripe_api.down()
        deliver(objects.event("coupon.created", second, created=now - 500))
        deliver(objects.event("coupon.updated", {**second, "name": "a"}, created=now - 500))
        deliver(objects.event("coupon.updated", {**second, "name": "b"}, created=now - 500))
        stripe_api.hangs_up = False
        row = conf.model("Coupon").objects.get()
        assert row.in_doubt
        if is_told_by == "row":
            StripeCoupon.settle(row)
        else:
            deliver(objects.event("coupon.updated", {**second, "name": "c"}, created=now - 500))
        row.refresh_from_db()
        assert (row.is_deleted, row.in_doubt) == (False, True)


DAY = 86_400


class TestSimulatedTimes:
    """Times of Stripe's test clocks, which run ahead and jump."""

    @pytest.fixture
    def at(self, stripe_api):
        """Let Stripe's clock stand still, and take an event that Stripe sends then."""
        stripe_api.clock = objects.NOW

        def receive(message):
            body = objects.body(message).decode()
            return accept(message, body, as_of=stripe_api.now() + 1)

        return receive

    def test_event_ahead_of_stripes_clock_does_not_keep_later_ones_out(self, at, stripe_api):
        ahead = update("ahead", objects.NOW + 90 * DAY)
        stripe_api.create("products", {"id": "prod_1", "name": "ahead"})
        at(ahead)
        assert (row().in_doubt, row().as_of) == (False, objects.NOW + 1)
        stripe_api.clock += 10
        at(update("now", stripe_api.now()))
        assert (row().name, row().in_doubt) == ("now", False)
        at(objects.event("product.deleted", objects.product(), created=stripe_api.now() + 3))
        assert row().is_deleted

    def test_late_event_ahead_of_stripes_clock_overwrites_nothing_that_was_read(
        self, product, at, stripe_api
    ):
        StripeProduct.retrieve("prod_1")
        at(update("old", objects.NOW + 30 * DAY))
        assert (row().name, row().in_doubt) == ("Gold", False)

    def test_event_ahead_without_an_answer_is_kept_and_marked(self, product, at, stripe_api):
        at(update("a"))
        stripe_api.down()
        at(update("ahead", objects.NOW + 90 * DAY))
        assert (row().name, row().in_doubt, row().as_of) == ("ahead", True, objects.NOW + 1)
        stripe_api.hangs_up = False
        StripeProduct.settle(row())
        assert (row().name, row().in_doubt) == ("Gold", False)

    @pytest.mark.parametrize("jump", [-400 * DAY, 0, 90 * DAY])
    def test_objects_of_a_test_clock_converge_in_every_order(self, at, stripe_api, jump):
        stripe_api.test_clock = objects.NOW
        stripe_api.create("customers", {"id": "cus_1", "test_clock": "clock_1"})
        stripe_api.test_clock += jump
        stripe_api.change("customers", "cus_1", {"name": "a"})
        stripe_api.clock += 60
        stripe_api.change("customers", "cus_1", {"name": "b"})
        messages = list(stripe_api.events.values())
        customers = conf.model("Customer").objects
        for number, order in enumerate(itertools.permutations(messages)):
            customers.all().delete()
            for message in order:
                at({**message, "id": f"evt_{number}_{message['id']}"})
            assert (customers.get().name, customers.get().in_doubt) == ("b", False)
            assert customers.get().as_of <= stripe_api.now() + 1

    def test_event_keeps_stripes_time_of_its_delivery(self, at, poster, stripe_api):
        events = conf.model("Event").objects
        at(update("a", id="evt_given"))
        assert events.get(pk="evt_given").as_of == objects.NOW + 1
        message, signed_at = update("b", id="evt_signed"), int(time.time()) - 20
        assert poster.signed(objects.body(message), timestamp=signed_at) == 200
        assert events.get(pk="evt_signed").as_of == signed_at + 1

    @pytest.mark.parametrize("how", ["confirmed", "caught up"])
    def test_event_that_was_read_keeps_the_time_of_the_answer(self, stripe_api, how):
        stripe_api.clock = objects.NOW - DAY
        stripe_api.create("products", {"id": "prod_1"})
        stripe_api.clock += 7200
        if how == "confirmed":
            StripeWebhook.process_webhook(next(iter(stripe_api.events.values())))
        else:
            call_command("stripe_catch_up", stdout=io.StringIO())
        assert conf.model("Event").objects.get().as_of == stripe_api.now() + 1

    def test_event_that_somebody_else_verified_keeps_this_hosts_clock(self, deliver):
        before = int(time.time())
        deliver(update("a"))
        bound = conf.model("Event").objects.get().as_of - conf.get("WEBHOOK_TOLERANCE")
        assert before <= bound <= time.time()

    def test_replay_judges_by_the_time_of_delivery(self, at, stripe_api):
        stripe_api.create("products", {"id": "prod_1", "name": "Gold"})
        at(update("Gold"))
        event = events.unsaved_event(
            message := update("ahead", objects.NOW + 3600),
            objects.body(message).decode(),
            as_of=objects.NOW,
        )
        event.save(force_insert=True)
        stripe_api.clock += 2 * 3600
        StripeWebhook.process(event)
        assert (row().name, row().in_doubt) == ("Gold", False)
