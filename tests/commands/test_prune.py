"""stripe_prune: bodies and rows of requests go, ids stay."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from stripe_integrations import conf
from stripe_integrations.actions import StripeWebhook
from stripe_integrations.operations import prune
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook
from tests import endpoints

pytestmark = pytest.mark.django_db(transaction=True)


def run(*args):
    out = io.StringIO()
    call_command("stripe_prune", *args, stdout=out)
    return out.getvalue().splitlines()


def events():
    return conf.model("Event").objects


def body_of(id):
    return objects.body(objects.event("product.created", objects.product(), id=id))


@pytest.fixture
def old(poster):
    """Two events of a hundred days ago, of which one failed, a new one, and refused requests."""
    for id in ("evt_old", "evt_failed", "evt_new"):
        assert poster.signed(body_of(id)) == 200
    for _ in range(3):
        assert poster.signed(body_of("evt_x"), "whsec_forged") == 400
    then = timezone.now() - timedelta(days=100)
    events().exclude(pk="evt_new").update(received_at=then)
    events().filter(pk="evt_failed").update(status="failed", runs={})
    first = endpoints.triggers(valid=False).first()
    endpoints.triggers(event__in=["evt_old", "evt_failed"]).update(created=then)
    endpoints.triggers(pk=first.pk).update(created=then)
    counts = conf.model("RefusedCount").objects
    counts.all().delete()  # there are two of them if a minute began meanwhile
    counts.create(minute=then, reason="no_match", count=3)


def with_bodies():
    return set(events().exclude(body="").values_list("pk", flat=True))


def test_drops_what_is_old_and_done(old):
    assert run("--older-than", "90d") == [
        "1 bodies of events dropped.",
        "3 rows of requests dropped.",
        "1 counts of refused requests dropped.",
    ]
    assert with_bodies() == {"evt_failed", "evt_new"}
    assert endpoints.triggers().count() == 3
    assert run("--older-than", "90d") == [
        "0 bodies of events dropped.",
        "0 rows of requests dropped.",
        "0 counts of refused requests dropped.",
    ]


def test_dry_run_drops_nothing(old):
    assert run("--older-than", "90d", "--dry-run")[0] == "1 bodies of events would be dropped."
    assert with_bodies() == {"evt_old", "evt_failed", "evt_new"}
    assert endpoints.triggers().count() == 6


def test_event_that_is_sent_again_is_known(old, poster):
    conf.model("Product").objects.all().delete()
    run("--older-than", "90d")
    assert poster.signed(body_of("evt_old")) == 200
    assert not conf.model("Product").objects.exists()
    assert events().count() == 3


def test_no_class_runs_without_a_body(old, own_registry, poster):
    class Later(BaseWebhook):
        name = "product"
        ran = []

        def process_webhook(self):
            Later.ran.append(self.event.pk)

    run("--older-than", "90d")
    assert poster.signed(body_of("evt_old")) == 200
    StripeWebhook.process(events().get(pk="evt_old"))
    call_command("stripe_replay", "evt_old", "evt_failed", stdout=io.StringIO())
    assert Later.ran == ["evt_failed"]


def test_event_pruned_between_look_and_lock_is_not_run(old, own_registry, monkeypatch):
    class Later(BaseWebhook):
        name = "product"
        ran = []

        def process_webhook(self):
            Later.ran.append(self.event.pk)

    event = events().get(pk="evt_old")
    run("--older-than", "90d")
    assert StripeWebhook.process(event).is_pruned
    assert Later.ran == []


def test_pruned_event_is_empty(old):
    run("--older-than", "90d")
    event = events().get(pk="evt_old")
    assert (event.is_pruned, event.message, event.stripe_object) == (True, {}, {})
    assert (event.kind, event.object_id) == ("product.created", "prod_1")


def test_bodies_are_dropped_in_batches(old, monkeypatch):
    monkeypatch.setattr(prune, "BATCH", 2)
    events().update(status="processed", received_at=timezone.now() - timedelta(days=100))
    assert list(prune.drop_bodies(prune.old_events(timezone.now()))) == [2, 1]
    assert with_bodies() == set()


def test_what_a_replay_takes_up_meanwhile_is_left(old, monkeypatch):
    rows = prune.old_events(timezone.now())
    batches = prune.drop_bodies(rows)
    monkeypatch.setattr(prune, "BATCH", 1)
    assert next(batches) == 1
    events().filter(pk="evt_old").update(status="failed")
    assert sum(batches) == 0
    assert "evt_old" in with_bodies()


@pytest.mark.parametrize("age", ["90", "3 months", "-1d", "d", "999999d"])
def test_age_that_is_none(age):
    with pytest.raises(CommandError, match="90d, 36h or 90m"):
        run(f"--older-than={age}")


def test_age_is_required():
    with pytest.raises(CommandError, match="older-than"):
        run()
