"""stripe_replay: what is not done runs, what is done does not, and which events are meant."""

import io
import re
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from stripe_integrations import conf, registry
from stripe_integrations.webhooks import BaseWebhook
from stripe_integrations.webhooks.products import ProductCreatedWebhook
from tests import objects

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
    def test_nothing(self):
        assert replay() == "Nothing to replay."

    def test_failed(self, poster, fickle):
        assert [poster.event(message(id)) for id in ("evt_1", "evt_2")] == [500, 500]
        fickle.fails = False
        assert replay("--failed") == "2 processed"
        assert states() == {"evt_1": "processed", "evt_2": "processed"}
        assert fickle.ran == ["evt_1", "evt_2"] * 2
        assert events().get(pk="evt_1").traceback == ""

    def test_twice(self, poster, fickle):
        poster.event(message("evt_1"))
        fickle.fails = False
        assert (replay(), replay(), replay("evt_1")) == (
            "1 processed",
            "Nothing to replay.",
            "1 processed",
        )
        assert fickle.ran == ["evt_1"] * 2

    def test_still_failing(self, poster, fickle):
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
        assert replay("--stuck") == "1 processed"
        assert states() == {"evt_1": "processed", "evt_2": "received"}

    def test_ignored_of_the_other_mode_stay_so(self, poster, fickle, settings):
        fickle.fails = False
        assert poster.event(message("evt_1", livemode=True)) == 200
        assert replay("--ignored") == "1 ignored"
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "LIVEMODE": True}
        assert replay("--ignored") == "1 processed"
        assert conf.model("Product").objects.get().livemode is True

    def test_since_and_type(self, poster, fickle):
        poster.event(message("evt_old", created=objects.NOW - 5 * 86_400))
        poster.event(message("evt_new"))
        poster.event(message("evt_other", "product.updated"))
        fickle.fails = False
        yesterday = (timezone.now() - timedelta(days=1)).date().isoformat()
        assert replay("--since", yesterday, "--type", "product.created") == "1 processed"
        assert states() == {"evt_old": "failed", "evt_new": "processed", "evt_other": "failed"}
        assert replay("--type", "product") == "3 processed"

    @pytest.mark.parametrize("time", ["2026-11-21T14:00", "2026-11-21T14:00:00Z"])
    @pytest.mark.parametrize("use_tz", [True, False])
    def test_time_of_since(self, settings, time, use_tz):
        settings.USE_TZ = use_tz
        assert replay("--since", time) == "Nothing to replay."

    @pytest.mark.parametrize("time", ["yesterday", "2026-13-01", ""])
    def test_no_time(self, time):
        with pytest.raises(CommandError, match=r"--since: .* 2026-11-21T14:00"):
            replay("--since", time)

    @pytest.mark.parametrize("id", ["evt_9", "evt_\0", "\0", "evt_1 ", "e" * 300])
    def test_unknown_event(self, poster, fickle, id):
        poster.event(message("evt_1"))
        told = re.escape(f"Not stored: {id}. Run stripe_catch_up")
        for ids in ([id], ["evt_1", id]):
            with pytest.raises(CommandError, match=told):
                replay(*ids)
        assert fickle.ran == ["evt_1"]

    def test_class_that_is_gone_holds_no_event(self, poster, fickle):
        poster.event(message("evt_1"))
        del registry._classes[registry.key(fickle)]
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

    def test_of_one_event(self, done):
        assert replay("--rerun", "Fickle", "evt_1") == "1 processed"
        assert done.ran == ["evt_1"]

    def test_of_all(self, done):
        path = f"{done.__module__}.{done.__qualname__}"
        for name in (path, registry.key(done)):
            assert replay("--rerun", name) == "2 processed"
        assert done.ran == ["evt_1", "evt_2"] * 2

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

    def test_unknown_class(self, done):
        key = registry.key(ProductCreatedWebhook)
        with pytest.raises(CommandError, match=r"Nobody is not registered\. Give one of") as error:
            replay("--rerun", "Nobody")
        assert key in str(error.value)

    def test_ambiguous_class(self, done, own_registry):
        class Other:
            class Fickle(BaseWebhook):
                name = "price"

        with pytest.raises(CommandError, match="Fickle means each of"):
            replay("--rerun", "Fickle")
