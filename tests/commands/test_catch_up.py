"""stripe_catch_up: what never arrived is read from Stripe's list of events."""

import io
import itertools
from datetime import datetime, timedelta, timezone

import pytest
from django.core.management import CommandError, call_command

from stripe_integrations import conf, event_types
from stripe_integrations.dispatch import registry
from stripe_integrations.operations import catch_up
from stripe_integrations.testing import objects
from stripe_integrations.testing.fake_stripe import Refused
from stripe_integrations.testing.fake_stripe import destinations as fake_destinations
from stripe_integrations.webhooks import BaseWebhook
from tests import endpoints

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = 3600


@pytest.fixture
def api(stripe_api, monkeypatch):
    """Stripe's API at a certain time; the month that it keeps is read in a few slices."""
    monkeypatch.setattr(catch_up, "SLICE", 120 * HOUR)
    stripe_api.clock = objects.NOW - 3 * HOUR
    return stripe_api


@pytest.fixture
def noting(own_registry):
    """A class that notes which events it ran for."""

    class Noting(BaseWebhook):
        name = "product"
        seen = []

        def process_webhook(self):
            Noting.seen.append(self.event.pk)

    return Noting


@pytest.fixture
def few_kinds(api, settings):
    """Mirror products, and nothing else."""
    mirror = {"*": False, "product": True}
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "MIRROR": mirror}


@pytest.fixture
def forbid_thin(api, monkeypatch):
    """Return a function that has the key refused when it lists thin events."""
    intact = fake_destinations.respond

    def answer(fake, method, parts, params):
        if parts[:1] == ["events"]:
            raise Refused(403, "This key may not read events of API v2.")
        return intact(fake, method, parts, params)

    return lambda: monkeypatch.setattr(fake_destinations, "respond", answer)


def run(*args, err=None):
    out, err = io.StringIO(), err or io.StringIO()
    call_command("stripe_catch_up", *args, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def mirror(name="Product"):
    return dict(conf.model(name).objects.not_deleted().values_list("pk", "stripe_data"))


def stored():
    return set(conf.model("Event").objects.values_list("pk", flat=True))


def change_things(api, count):
    for number in range(count):
        api.clock += 30
        api.create("products", {"id": f"prod_{number}_{len(api.events)}"})
    api.change("products", f"prod_0_{len(api.events) - count}", {"name": "Changed"})


def tell_of(api, kinds):
    for kind in kinds:
        api.clock += 1
        api.tell(kind, {"object": "anything"})


def tell_thinly_of(api, count, kind="v1.product.updated", twin=None):
    """Let Stripe have so many thin events about a product, and return them."""
    made = []
    for _ in range(count):
        api.clock += 1
        message = objects.thin_event(kind, "product", "prod_1", created=int(api.clock), twin=twin)
        del message["context"]
        api.current.thin_events[message["id"]] = message
        made.append(message)
    return made


class TestCatchUp:
    def test_two_hours_without_webhooks_are_caught_up(self, api, deliver):
        change_things(api, 5)
        deliver(*api.events.values())
        run()
        change_things(api, 230)
        out, _ = run()
        assert mirror() == api.objects["products"]
        assert stored() == set(api.events)
        assert "237 events listed" in out
        assert "231 of them were missing, 0 failed" in out

    def test_thin_events_are_caught_up(self, api, noting):
        endpoints.endpoint("ed_1", event_payload="thin")
        api.create("products", {"id": "prod_1", "name": "Gold"})
        api.events.clear()
        tell_thinly_of(api, 130)
        out, _ = run()
        assert noting.seen == list(api.current.thin_events)
        assert mirror() == api.objects["products"]
        assert "130 events listed" in out
        assert "130 of them were missing, 0 failed" in out
        out, _ = run("--since", "2020-01-01")
        assert "0 of them were missing" in out

    def test_thin_events_are_not_asked_for_where_none_are_sent(self, api):
        run()
        assert not any(each.path == "/v2/core/events" for each in api.requests)

    def test_thin_events_of_a_connected_account_are_read_as_that_account(self, api):
        endpoints.endpoint("ed_1", event_payload="thin")
        with api.acting_for("acct_1"):
            api.create("products", {"id": "prod_1"})
            api.events.clear()
            tell_thinly_of(api, 1)
        run("--account", "acct_1")
        assert conf.model("Event").objects.get().account == "acct_1"
        assert conf.model("Product").objects.get().account == "acct_1"

    def test_only_thin_events_of_mirrored_kinds_are_asked_for(self, api, few_kinds):
        endpoints.endpoint("ed_1", event_payload="thin")
        api.create("products", {"id": "prod_1"})
        tell_thinly_of(api, 2)
        tell_thinly_of(api, 2, "v1.price.updated")
        run()
        assert conf.model("Event").objects.filter(kind__startswith="v1.").count() == 2
        asked = [each.params for each in api.requests if each.path == "/v2/core/events"]
        assert all(len(params["types"]) <= 20 for params in asked)

    def test_snapshot_event_whose_thin_twin_is_stored_is_not_missing(self, api, noting, deliver):
        """To a destination of thin events, Stripe sends only those; its list has both."""
        api.create("products", {"id": "prod_1"})
        (snapshot,) = api.events.values()
        (thin,) = tell_thinly_of(api, 1, "v1.product.created", twin=snapshot)
        deliver(thin)
        out, _ = run()
        assert (stored(), noting.seen) == ({thin["id"]}, [thin["id"]])
        assert "0 of them were missing" in out

    @pytest.mark.parametrize(
        ("kind", "account"),
        [("v1.product.created", "acct_1"), ("v1.product.updated", None)],
        ids=["another account", "another type"],
    )
    def test_thin_event_that_is_no_twin_hides_no_event(self, api, deliver, kind, account):
        api.create("products", {"id": "prod_1"})
        (snapshot,) = api.events.values()
        named = objects.thin_event(kind, "price", "price_1", account=account, twin=snapshot)
        deliver(named)
        run()
        assert stored() == {named["id"], snapshot["id"]}
        assert mirror() == api.objects["products"]

    def test_refusal_of_thin_events_leaves_the_snapshot_events_caught_up(
        self, api, noting, forbid_thin
    ):
        endpoints.endpoint("ed_1", event_payload="thin")
        for _ in range(3):
            api.create("products", {"id": f"prod_{len(api.events)}"})
            api.clock += 200 * HOUR  # in several slices
        api.clock -= HOUR
        tell_thinly_of(api, 1)
        forbid_thin()
        err = io.StringIO()
        with pytest.raises(CommandError, match="Some events are not caught up"):
            run(err=err)
        assert "your own account: the thin events are not caught up: Permission" in err.getvalue()
        assert noting.seen == list(api.events)
        assert mirror() == api.objects["products"]
        assert catch_up.read_to(None) is None

    def test_both_of_a_change_that_never_arrived_take_effect_once(self, api, noting):
        endpoints.endpoint("ed_1", event_payload="thin")
        api.create("products", {"id": "prod_1"})
        (snapshot,) = api.events.values()
        (thin,) = tell_thinly_of(api, 1, "v1.product.created", twin=snapshot)
        run()
        assert stored() == {snapshot["id"], thin["id"]}
        assert len(noting.seen) == 1

    def test_again_reads_only_what_is_near_the_cursor(self, api):
        change_things(api, 5)
        api.clock += 2 * HOUR
        run()
        api.clock += 20 * HOUR
        change_things(api, 1)
        out, _ = run()
        assert "2 events listed" in out
        assert mirror() == api.objects["products"]

    def test_missing_events_are_processed_oldest_first(self, api, noting, monkeypatch):
        monkeypatch.setattr(catch_up, "SLICE", 6 * HOUR)
        for _ in range(3):
            api.clock += 5 * HOUR
            change_things(api, 3)
        run()
        assert noting.seen == list(api.events)

    def test_processed_events_are_not_processed_again(self, api, deliver, own_registry):
        change_things(api, 3)
        deliver(*api.events.values())
        attempts = list(conf.model("Event").objects.values_list("attempts", flat=True))
        run("--since", "2020-01-01")
        assert list(conf.model("Event").objects.values_list("attempts", flat=True)) == attempts

    def test_all_events_are_asked_for_by_default(self, api):
        api.tell("balance.available", {"object": "balance"})
        change_things(api, 1)
        run()
        assert stored() == set(api.events)
        assert not any("types" in each.params for each in api.requests)

    def test_only_events_of_mirrored_kinds_are_asked_for(self, api, few_kinds):
        api.tell("balance.available", {"object": "balance"})
        change_things(api, 1)
        run()
        assert len(stored()) == len(api.events) - 1
        asked = [each.params for each in api.requests if "types" in each.params]
        assert all(len(params["types"]) <= 20 for params in asked)

    @pytest.mark.parametrize("name", ["*", "balance", "v9.unheard_of"])
    def test_names_of_any_kind_are_asked_for(self, api, own_registry, few_kinds, name):
        type("Named", (BaseWebhook,), {"name": name, "process_webhook": lambda self: None})
        kind = {"*": "anything.new", "balance": "balance.available"}.get(name, name)
        api.tell(kind, {"object": "balance"})
        run()
        assert stored() == set(api.events)

    def test_more_types_than_stripe_lets_one_ask_for_at_once(self, api, noting, few_kinds):
        known = sorted(event_types.known())
        noting.name = types = known[:25] + known[-25:]
        tell_of(api, types)
        out, _ = run("--since", catch_up_time(api.clock - HOUR))
        asked = [each.params["types"] for each in api.requests if "types" in each.params]
        every = list(itertools.chain(*asked))
        assert len(every) == len(set(every))
        assert max(map(len, asked)) == 20
        assert noting.seen == list(api.events)
        assert "50 events listed" in out
        assert "50 of them were missing, 0 failed" in out

    @pytest.mark.parametrize("name", ["customer", "v9.new"])
    def test_prefix_and_unknown_name_are_asked_for_once(self, api, noting, few_kinds, name):
        """Some of these events answer two questions."""
        noting.name = [name, "customer.created"]
        kinds = [name, f"{name}.created", f"{name}.created.twice"]
        tell_of(api, [*kinds, f"{name}s.created"])
        out, _ = run("--since", catch_up_time(api.clock - HOUR))
        assert noting.seen == list(api.events)[:3]
        assert stored() == set(noting.seen)
        assert "3 of them were missing, 0 failed" in out

    def test_no_class_at_all_stores_nothing(self, api, own_registry):
        registry._classes.clear()
        registry.matching.cache_clear()
        change_things(api, 1)
        run()
        assert stored() == set()

    def test_failing_class_fails_the_command_and_is_not_replayed(self, api, own_registry):
        class Failing(BaseWebhook):
            name = "product"

            def process_webhook(self):
                raise RuntimeError("told to fail")

        change_things(api, 1)
        with pytest.raises(CommandError, match="stripe_replay"):
            run()
        assert set(conf.model("Event").objects.values_list("status", flat=True)) == {"failed"}
        assert mirror() == api.objects["products"]
        run()  # it is stored: replaying is not this command's

    def test_stops_at_an_error_and_goes_on_there(self, api):
        change_things(api, 3)
        run()
        api.clock += 30 * HOUR
        change_things(api, 3)
        cursor = catch_up.read_to(None)
        api.fail_with(401)
        with pytest.raises(CommandError, match="Some events are not caught up"):
            run()
        assert catch_up.read_to(None) == cursor
        api.fail_with(None)
        run()
        assert mirror() == api.objects["products"]


class TestGap:
    def test_first_run_reads_what_stripe_keeps(self, api):
        now = api.clock
        for days in (31, 29):
            api.clock = now - days * 86_400
            api.create("products", {"id": f"prod_{days}"})
        api.clock = now
        _, err = run()
        assert set(mirror()) == {"prod_29"}
        assert err == ""

    def test_gap_longer_than_stripe_keeps_is_told_once(self, api):
        run()
        api.create("products", {"id": "prod_lost"})
        api.clock += 40 * 86_400
        _, err = run()
        assert "Stripe no longer keeps the events" in err
        assert "stripe_verify --fix" in err
        _, err = run()
        assert err == ""

    def test_since_reads_only_what_is_later(self, api):
        api.create("products", {"id": "prod_before"})
        api.clock += 48 * HOUR
        api.create("products", {"id": "prod_after"})
        api.clock += HOUR
        since = catch_up_time(api.clock - 2 * HOUR)
        run("--since", since)
        assert set(mirror()) == {"prod_after"}

    def test_since_takes_a_span_as_well(self, api):
        out, _ = run("--since", "8h")  # the fake's clock is four hours behind
        begin = datetime.now(tz=timezone.utc) - timedelta(hours=8)
        assert f"listed since {begin:%Y-%m-%d}" in out

    def test_since_in_the_future_lists_nothing(self, api):
        out, _ = run("--since", catch_up_time(api.clock + HOUR))
        assert "0 events listed" in out

    @pytest.mark.parametrize("days", [1, 20])
    def test_since_later_than_the_cursor_leaves_the_gap_to_the_next_run(self, api, days):
        run()
        cursor = catch_up.read_to(None)
        for id in ("prod_gap", "prod_late"):
            api.clock += days * 24 * HOUR
            api.create("products", {"id": id})
        run("--since", catch_up_time(api.clock - 2 * HOUR))
        assert set(mirror()) == {"prod_late"}
        assert catch_up.read_to(None) == cursor
        run()
        assert mirror() == api.objects["products"]
        assert catch_up.read_to(None) > cursor

    def test_since_before_the_cursor_does_not_move_it_back(self, api):
        run()
        cursor = catch_up.read_to(None)
        catch_up.catch_up(catch_up.slices(None, cursor - 48 * HOUR)[0])
        assert catch_up.read_to(None) == cursor


class TestTestClocks:
    """The events of a test clock have its times; Stripe lists them by these."""

    @pytest.fixture
    def advance(self, api):
        """Return a function that sets the clock so many days from now, and lets things happen."""

        def to(days):
            api.test_clock = int(api.clock) + days * 24 * HOUR
            for number in range(2):
                id, given = f"cus_{number}", {"test_clock": "clock_1", "name": f"{days}"}
                if id in api.objects["customers"]:
                    api.change("customers", id, given)
                else:
                    api.create("customers", {"id": id, **given})
                    price = api.create("prices", {"id": f"price_{number}"})["id"]
                    items = [{"price": price}]
                    api.create("subscriptions", {"customer": id, "items": items})
                api.change("customers", id, {"name": f"{days} days ahead"})

        return to

    def assert_equal(self, api):
        for name, resource in (("Customer", "customers"), ("Subscription", "subscriptions")):
            assert mirror(name) == api.objects[resource]
        assert not conf.model("Customer").objects.filter(in_doubt=True).exists()

    def test_events_of_a_clock_that_is_ahead_and_jumps_are_caught_up(self, api, advance):
        for days in (30, 60, 425):
            advance(days)
            run()
            self.assert_equal(api)
            api.clock += 5 * HOUR
        assert stored() == set(api.events)

    def test_events_of_jumps_that_all_were_missed_are_caught_up_at_once(self, api, advance):
        run()
        for days in (30, 425):
            api.clock += 5 * HOUR
            advance(days)
        run()
        self.assert_equal(api)
        assert stored() == set(api.events)

    def test_events_of_a_clock_that_is_behind_take_since(self, api, advance):
        run()
        api.clock += 5 * HOUR
        advance(-20)
        run()
        assert not conf.model("Customer").objects.exists()
        run("--since", "2020-01-01")
        self.assert_equal(api)


class TestAccounts:
    def test_events_of_connected_accounts_are_caught_up(self, api, deliver):
        with api.acting_for("acct_1"):
            api.create("products", {"id": "gold"})
            first = next(iter(api.events.values()))
        deliver({**first, "account": "acct_1"})
        api.clock += 10
        with api.acting_for("acct_1"):
            theirs = api.create("products", {"id": "silver"})
        own = api.create("products", {"id": "gold", "name": "Own"})
        out, _ = run()
        assert mirror()["acct_1/silver"] == theirs
        assert mirror()["gold"] == own
        assert "acct_1: 2 events listed" in out
        assert catch_up.read_to("acct_1") is not None

    def test_account_option_reads_only_that_account(self, api):
        api.create("products", {"id": "own"})
        with api.acting_for("acct_1"):
            api.create("products", {"id": "theirs"})
        run("--account", "acct_1")
        assert set(mirror()) == {"acct_1/theirs"}
        assert catch_up.read_to(None) is None

    @pytest.mark.parametrize(
        "account", ["", " ", "\0", "acct_", "acct_\0", "acct_1 ", "acct_1\n", "acct_1/x", "cus_1"]
    )
    def test_text_that_is_no_account_is_refused(self, api, account):
        with pytest.raises(CommandError, match=r"--account: .* is not the id of"):
            run("--account", account)
        assert api.requests == []


def catch_up_time(seconds):
    return datetime.fromtimestamp(seconds, tz=timezone.utc).isoformat()
