"""A thin event and the snapshot event that it names: each class takes effect once for the two."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from stripe_integrations import conf
from stripe_integrations.queues import process
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook, MirrorWebhook

pytestmark = pytest.mark.django_db(transaction=True)

#: Pairs that are delivered at once, for a race to show.
ROUNDS = 6


@pytest.fixture
def pair(stripe_api):
    """A snapshot event and its thin twin, of a product that Stripe has."""
    data = stripe_api.create("products", {"id": "prod_1", "name": "Gold"})
    return pair_of(data)


def pair_of(data, **values):
    snapshot = objects.event("product.updated", data, created=objects.NOW)
    return snapshot, objects.thin_event(
        "v1.product.updated", "product", data["id"], twin=snapshot, **values
    )


@pytest.fixture
def noting(own_registry):
    class Noting(BaseWebhook):
        name = "product"
        seen = []
        lasts = 0

        def process_webhook(self):
            # A row, so that what is undone leaves none.
            conf.model("Coupon").objects.create(id=f"for {self.event.pk}", as_of=0)
            Noting.seen.append(self.event.pk)
            time.sleep(Noting.lasts)

    return Noting


def effects():
    return conf.model("Coupon").objects.count()


def runs():
    events = conf.model("Event").objects
    return {event.pk: (event.status, len(event.runs)) for event in events.all()}


@pytest.mark.parametrize("first", ["snapshot", "thin"])
class TestInTurn:
    def order(self, pair, first):
        return pair if first == "snapshot" else pair[::-1]

    def test_class_takes_effect_once(self, poster, pair, noting, first):
        messages = self.order(pair, first)
        assert [poster.event(each) for each in messages] == [200, 200]
        assert noting.seen == [messages[0]["id"]]
        assert runs() == {each["id"]: ("processed", 2) for each in messages}

    def test_class_in_the_mirrors_place_takes_effect_once(self, poster, pair, own_registry, first):
        seen = []

        class InItsPlace(MirrorWebhook):
            name = "product.updated"

            def process_webhook(self):
                super().process_webhook()
                seen.append(self.event.pk)

        messages = self.order(pair, first)
        assert [poster.event(each) for each in messages] == [200, 200]
        assert seen == [messages[0]["id"]]
        assert conf.model("Product").objects.get().name == "Gold"

    def test_class_that_failed_is_done_by_the_twin(self, poster, pair, failing, first):
        messages = self.order(pair, first)
        assert poster.event(messages[0]) == 500
        failing.fails = False
        assert poster.event(messages[1]) == 200
        failing.fails = True
        assert poster.event(messages[0]) == 200
        assert {status for status, _ in runs().values()} == {"processed"}

    def test_class_takes_effect_once_in_the_order_of_a_queue(
        self, poster, pair, noting, first, own_queue
    ):
        assert [poster.event(each) for each in self.order(pair, first)] == [200, 200]
        assert noting.seen == []
        for event_id in reversed(own_queue.given):
            process(event_id)
        assert noting.seen == [own_queue.given[1]]


def test_thin_event_after_its_twin_reads_nothing(poster, stripe_api, pair, noting):
    assert [poster.event(each) for each in pair] == [200, 200]
    assert stripe_api.requests == []


def test_class_of_the_thin_name_runs_beside_the_twins(poster, pair, noting, own_registry):
    seen = []

    class OfThin(BaseWebhook):
        name = "v1.product.updated"

        def process_webhook(self):
            seen.append(self.event.pk)

    assert [poster.event(each) for each in pair] == [200, 200]
    assert (seen, noting.seen) == ([pair[1]["id"]], [pair[0]["id"]])


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"context": "acct_1"}, id="another account"),
        pytest.param({"type": "v1.product.created"}, id="another type"),
        pytest.param({"snapshot_event": "evt_other"}, id="another event"),
    ],
)
@pytest.mark.parametrize("first", [0, 1])
def test_event_that_is_no_twin_has_its_own_effect(poster, stripe_api, pair, noting, other, first):
    with stripe_api.acting_for("acct_1"):
        stripe_api.create("products", {"id": "prod_1"})
    messages = [pair[0], {**pair[1], **other}]
    for message in (messages[first], messages[1 - first]):
        assert poster.event(message) == 200
    assert len(noting.seen) == 2


def test_both_at_once_take_effect_once(poster, stripe_api, noting):
    noting.lasts = 0.1  # longer than the other one needs to get there
    for number in range(ROUNDS):
        data = stripe_api.create("products", {"id": f"prod_{number}"})
        messages, barrier = pair_of(data), threading.Barrier(2)

        def send(message, barrier=barrier):
            barrier.wait()
            return poster.event(message)

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(send, messages)) == [200, 200]
    connections.close_all()
    assert (effects(), len(runs())) == (ROUNDS, 2 * ROUNDS)
    assert set(runs().values()) == {("processed", 2)}
