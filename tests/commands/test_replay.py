"""stripe_replay: what is not done runs, what is done does not, and which events are meant."""

import io
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from stripe_integrations import conf
from stripe_integrations.dispatch import registry
from stripe_integrations.management.commands.stripe_replay import BATCH
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook
from stripe_integrations.webhooks.products import ProductCreatedWebhook

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def fickle(own_registry):
    """A class that fails until it is told not to, and says what it ran for."""

    class Fickle(BaseWebhook):
        name = "product"
        fails = True
        ran = []

        def process_webhook(self):
            Fickle.ran.append(self.event.pk)
            if Fickle.fails:
                raise RuntimeError("told to fail")

    return Fickle


def events():
    return conf.model("Event").objects


def states():
    return dict(events().values_list("pk", "status"))


def replay(*args):
    out = io.StringIO()
    call_command("stripe_replay", *args, stdout=out)
    return out.getvalue().strip()


def message(id, kind="product.created", **values):
    return objects.event(kind, objects.product(f"prod_{id}"), id=id, **values)


class TestSelection:
    def test_nothing_to_replay_is_told(self):
        assert replay() == "Nothing to replay."

    def test_failed_events_are_processed(self, poster, fickle):
        assert [poster.event(message(id)) for id in ("evt_1", "evt_2")] == [500, 500]
        fickle.fails = False
        assert replay("--failed") == "2 processed"
        assert states() == {"evt_1": "processed", "evt_2": "processed"}
        assert fickle.ran == ["evt_1", "evt_2"] * 2
        assert events().get(pk="evt_1").traceback == ""

    def test_event_that_is_done_is_not_processed_again(self, poster, fickle):
        poster.event(message("evt_1"))
        fickle.fails = False
        assert (replay(), replay(), replay("evt_1")) == (
            "1 processed",
            "Nothing to replay.",
            "1 already done",
        )
        assert fickle.ran == ["evt_1"] * 2

    def test_event_that_still_fails_keeps_its_error(self, poster, fickle):
        poster.event(message("evt_1"))
        out = io.StringIO()
        with pytest.raises(CommandError, match="keeps its error"):
            call_command("stripe_replay", "--failed", stdout=out)
        assert out.getvalue().strip() == "1 failed"
        assert events().get().attempts > 1

    def test_stuck_is_what_a_dead_worker_held(self, poster, fickle):
        poster.event(message("evt_1"))
        poster.event(message("evt_2"))
        fickle.fails = False
        now = timezone.now()
        for id, minutes in (("evt_1", -1), ("evt_2", 1)):
            events().filter(pk=id).update(
                status="received", runs={}, lease_expires_at=now + timedelta(minutes=minutes)
            )
        done, waiting = replay("--stuck").splitlines()
        assert done == "1 processed"
        assert waiting.startswith("1 received and leased by workers, until ")
        assert states() == {"evt_1": "processed", "evt_2": "received"}
        assert replay("--stuck", "--type", "coupon") == "Nothing to replay."

    @pytest.mark.parametrize("arguments", [[], ["--stuck"], ["--failed", "--stuck"]])
    def test_nothing_but_events_of_busy_workers_says_until_when_they_wait(
        self, poster, fickle, arguments
    ):
        fickle.fails = False
        now = timezone.now()
        for id, minutes in (("evt_1", 3), ("evt_2", 7)):
            poster.event(message(id))
            lease = now + timedelta(minutes=minutes)
            events().filter(pk=id).update(status="received", runs={}, lease_expires_at=lease)
        told = replay(*arguments)
        assert told.startswith("Nothing to replay yet: 2 received and leased by workers")
        assert f"until {lease:%Y-%m-%d %H:%M:%S}" in told
        assert replay("--failed") == "Nothing to replay."

    def test_more_events_than_one_query_reads_run_in_order(self, poster, fickle):
        ids = [f"evt_a{number:02}" for number in range(BATCH + 2)]
        for number, id in enumerate(ids):
            poster.event(message(id, created=objects.NOW + number))
        fickle.fails = False
        fickle.ran.clear()
        with CaptureQueriesContext(connection) as queries:
            assert replay() == f"{BATCH + 2} processed"
        assert fickle.ran == ids
        # Two queries for all of them, and each once more when it is locked.
        read = [each["sql"] for each in queries if each["sql"].startswith("SELECT")]
        assert len([sql for sql in read if "body" in sql]) == 2 + len(ids)

    def test_ignored_of_the_other_mode_stay_so(self, poster, fickle, settings):
        fickle.fails = False
        assert poster.event(message("evt_1", livemode=True)) == 200
        assert replay("--ignored") == "1 ignored"
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "LIVEMODE": True}
        assert replay("--ignored") == "1 processed"
        assert conf.model("Product").objects.get().livemode is True

    def test_since_and_type_select_events(self, poster, fickle):
        poster.event(message("evt_old", created=objects.NOW - 5 * 86_400))
        poster.event(message("evt_new"))
        poster.event(message("evt_other", "product.updated"))
        fickle.fails = False
        yesterday = (timezone.now() - timedelta(days=1)).date().isoformat()
        assert replay("--since", yesterday, "--type", "product.created") == "1 processed"
        assert states() == {"evt_old": "failed", "evt_new": "processed", "evt_other": "failed"}
        assert replay("--type", "product") == "2 processed, 1 already done"
        assert replay("--type", "product") == "3 already done"

    @pytest.mark.parametrize(
        ("span", "told"), [("2d", "1 processed"), ("47h", "1 processed"), ("6d", "2 processed")]
    )
    def test_since_so_long_ago_leaves_older_events(self, poster, fickle, settings, span, told):
        poster.event(message("evt_old", created=objects.NOW - 5 * 86_400))
        poster.event(message("evt_new"))
        fickle.fails = False
        assert replay("--since", span) == told
        assert states()["evt_old"] == ("processed" if span == "6d" else "failed")

    @pytest.mark.parametrize("time", ["2026-11-21T14:00", "2026-11-21T14:00:00Z", "2h"])
    @pytest.mark.parametrize("use_tz", [True, False])
    def test_since_takes_a_time_in_any_form(self, settings, time, use_tz):
        settings.USE_TZ = use_tz
        assert replay("--since", time) == "Nothing to replay."

    @pytest.mark.parametrize("time", ["yesterday", "2026-13-01", ""])
    def test_text_that_is_no_time_is_refused(self, time):
        with pytest.raises(CommandError, match=r"--since: .* 2026-11-21T14:00, or 2h \(ago\)"):
            replay("--since", time)

    @pytest.mark.parametrize("id", ["evt_9", "evt_\0", "\0", "evt_1 ", "e" * 300])
    def test_unknown_event_is_told_and_nothing_is_run(self, poster, fickle, id):
        poster.event(message("evt_1"))
        told = re.escape(f"Not stored: {id}. Run stripe_catch_up")
        for ids in ([id], ["evt_1", id]):
            with pytest.raises(CommandError, match=told):
                replay(*ids)
        assert fickle.ran == ["evt_1"]

    def test_class_that_is_gone_holds_no_event(self, poster, fickle):
        poster.event(message("evt_1"))
        del registry._classes[registry.class_key(fickle)]
        registry.matching.cache_clear()
        assert replay() == "1 processed"
        assert replay() == "Nothing to replay."

    def test_class_that_is_new_runs(self, poster, own_registry):
        poster.event(message("evt_1"))

        class New(BaseWebhook):
            name = "product.created"
            ran = []

            def process_webhook(self):
                New.ran.append(self.event.pk)

        assert replay() == "Nothing to replay."
        assert replay("--type", "product.created") == "1 processed"
        assert New.ran == ["evt_1"]


class TestRerun:
    @pytest.fixture
    def done(self, poster, fickle):
        fickle.fails = False
        poster.event(message("evt_1"))
        poster.event(message("evt_2"))
        fickle.ran.clear()
        return fickle

    def test_class_is_run_again_for_one_event(self, done):
        assert replay("--rerun", "Fickle", "evt_1") == "1 processed"
        assert done.ran == ["evt_1"]

    def test_class_is_run_again_for_all_events(self, done):
        key = registry.class_key(done)
        for name in (key, f"{key}:product"):  # and as older versions wrote it
            assert replay("--rerun", name) == "2 processed"
        assert done.ran == ["evt_1", "evt_2"] * 2

    def test_that_fails_leaves_the_event_failed(self, done):
        done.fails = True
        with pytest.raises(CommandError, match="keeps its error"):
            replay("--rerun", "Fickle", "evt_1")
        assert states() == {"evt_1": "failed", "evt_2": "processed"}
        done.fails = False
        assert replay() == "1 processed"

    def test_forgets_and_runs_in_one_transaction(self, done):
        with CaptureQueriesContext(connection) as queries:
            replay("--rerun", "Fickle", "evt_1")
        assert sum(each["sql"].startswith("UPDATE") for each in queries) == 2

    def test_only_of_events_that_it_waits_for(self, done, poster):
        price = objects.event("price.created", objects.price(), id="evt_price")
        poster.event(price)
        before = events().get(pk="evt_price").attempts
        assert replay("--rerun", "Fickle") == "2 processed"
        assert replay("--rerun", "Fickle", "evt_price") == "Nothing to replay."
        assert events().get(pk="evt_price").attempts == before

    def test_of_ours_writes_the_mirror_again(self, done):
        conf.model("Product").objects.all().delete()
        assert replay("--rerun", "ProductCreatedWebhook") == "2 processed"
        assert conf.model("Product").objects.count() == 2
        assert done.ran == []

    def test_unknown_class_is_told_with_the_known_ones(self, done):
        key = registry.class_key(ProductCreatedWebhook)
        with pytest.raises(CommandError, match=r"Nobody is not registered\. Give one of") as error:
            replay("--rerun", "Nobody")
        assert key in str(error.value)

    def test_ambiguous_class_is_refused(self, done, own_registry):
        class Other:
            class Fickle(BaseWebhook):
                name = "price"

                def process_webhook(self):
                    """Do nothing."""

        with pytest.raises(CommandError, match="Fickle means each of"):
            replay("--rerun", "Fickle")
