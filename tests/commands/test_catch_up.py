"""stripe_catch_up: what never arrived is read from Stripe's list of events."""

import io
import itertools
from datetime import datetime, timezone

import pytest
from django.core.management import CommandError, call_command

from stripe_integrations import conf, event_types, registry
from stripe_integrations.actions import catch_up
from stripe_integrations.webhooks import BaseWebhook
from tests import objects

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = 3600


@pytest.fixture
def api(stripe_api):
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


def run(*args):
    out, err = io.StringIO(), io.StringIO()
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


class TestCatchUp:
    def test_two_hours_without_webhooks(self, api, deliver):
        change_things(api, 5)
        deliver(*api.events.values())
        run()
        change_things(api, 230)
        out, _ = run()
        assert mirror() == api.objects["products"]
        assert stored() == set(api.events)
        assert "237 events listed" in out
        assert "231 of them were missing, 0 failed" in out

    def test_again_reads_only_what_is_near_the_cursor(self, api):
        change_things(api, 5)
        api.clock += 2 * HOUR
        run()
        api.clock += 20 * HOUR
        change_things(api, 1)
        out, _ = run()
        assert "2 events listed" in out
        assert mirror() == api.objects["products"]

    def test_oldest_first(self, api, noting):
        for _ in range(3):
            api.clock += 5 * HOUR
            change_things(api, 3)
        run()
        assert noting.seen == list(api.events)

    def test_processed_once(self, api, deliver, own_registry):
        change_things(api, 3)
        deliver(*api.events.values())
        attempts = list(conf.model("Event").objects.values_list("attempts", flat=True))
        run("--since", "2020-01-01")
        assert list(conf.model("Event").objects.values_list("attempts", flat=True)) == attempts

    def test_only_what_somebody_waits_for(self, api):
        api.tell("balance.available", {"object": "balance"})
        change_things(api, 1)
        run()
        assert len(stored()) == len(api.events) - 1
        asked = [each.params for each in api.requests if "types" in each.params]
        assert all(len(params["types"]) <= 20 for params in asked)

    @pytest.mark.parametrize("name", ["*", "balance", "v9.unheard_of"])
    def test_names_of_any_kind(self, api, own_registry, name):
        type("Named", (BaseWebhook,), {"name": name, "process_webhook": lambda self: None})
        kind = {"*": "anything.new", "balance": "balance.available"}.get(name, name)
        api.tell(kind, {"object": "balance"})
        run()
        assert stored() == set(api.events)

    def test_more_types_than_stripe_lets_one_ask_for_at_once(self, api, noting):
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
    def test_prefix_and_unknown_name(self, api, noting, name):
        """Some of these events answer two questions."""
        noting.name = [name, "customer.created"]
        kinds = [name, f"{name}.created", f"{name}.created.twice"]
        tell_of(api, [*kinds, f"{name}s.created"])
        out, _ = run("--since", catch_up_time(api.clock - HOUR))
        assert noting.seen == list(api.events)[:3]
        assert stored() == set(noting.seen)
        assert "3 of them were missing, 0 failed" in out

    def test_no_class_at_all(self, api, own_registry):
        registry._classes.clear()
        change_things(api, 1)
        run()
        assert stored() == set()

    def test_failing_class(self, api, own_registry):
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
        with pytest.raises(CommandError, match="Not all is caught up"):
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

    def test_gap_longer_than_stripe_keeps(self, api):
        run()
        api.create("products", {"id": "prod_lost"})
        api.clock += 40 * 86_400
        _, err = run()
        assert "Stripe no longer keeps the events" in err
        assert "stripe_verify --fix" in err
        _, err = run()
        assert err == ""

    def test_since(self, api):
        api.create("products", {"id": "prod_before"})
        api.clock += 48 * HOUR
        api.create("products", {"id": "prod_after"})
        api.clock += HOUR
        since = catch_up_time(api.clock - 2 * HOUR)
        run("--since", since)
        assert set(mirror()) == {"prod_after"}

    def test_since_in_the_future(self, api):
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


class TestAccounts:
    def test_of_connected_accounts(self, api, deliver):
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

    def test_one_account(self, api):
        api.create("products", {"id": "own"})
        with api.acting_for("acct_1"):
            api.create("products", {"id": "theirs"})
        run("--account", "acct_1")
        assert set(mirror()) == {"acct_1/theirs"}
        assert catch_up.read_to(None) is None

    @pytest.mark.parametrize(
        "account", ["", " ", "\0", "acct_", "acct_\0", "acct_1 ", "acct_1\n", "acct_1/x", "cus_1"]
    )
    def test_no_account(self, api, account):
        with pytest.raises(CommandError, match=r"--account: .* is not the id of"):
            run("--account", account)
        assert api.requests == []


def catch_up_time(seconds):
    return datetime.fromtimestamp(seconds, tz=timezone.utc).isoformat()
