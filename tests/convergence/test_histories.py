"""Whatever the order of arrival, the mirror ends as Stripe's own state.

HISTORIES sets how many are tried.
"""

import itertools
import logging
import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, note, settings

from stripe_integrations import conf
from tests import objects
from tests.convergence.histories import WORKERS, World, close_connections, histories
from tests.fake_stripe import FakeStripe

HISTORIES = int(os.environ.get("HISTORIES", "50"))

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def stripes():
    with FakeStripe() as api, FakeStripe() as other_mode:
        yield api, other_mode


@pytest.fixture
def pool():
    barrier = threading.Barrier(WORKERS)

    def close():
        barrier.wait(10)
        close_connections()

    with ThreadPoolExecutor(WORKERS) as executor:
        yield executor
        for future in [executor.submit(close) for _ in range(WORKERS)]:
            future.result()


def test_mirror_equals_stripe(stripes, pool, settings_of_histories, summary, caplog):
    caplog.set_level(logging.CRITICAL, "stripe_integrations")
    api, other_mode = stripes
    settings_of_histories(api.url)
    numbers = itertools.count()
    count = {"histories": 0, "events": 0, "deliveries": 0, "reads": 0}

    @settings(
        max_examples=HISTORIES,
        deadline=None,
        database=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(histories)
    def converges(history):
        steps, seed = history
        for each in stripes:
            each.reset()
            each.clock = objects.NOW
            each.latency = 0.01
        world = World(api, other_mode, f"h{next(numbers)}x", pool)
        world.play(steps, seed)
        count["histories"] += 1
        count["events"] += len(world.told)
        count["deliveries"] += sum(world.delivered)
        count["reads"] += len(api.requests)
        note(f"delivered {world.delivered}")
        assert world.differences() == []
        assert other_mode.requests == []

    converges()
    own = count["events"] // 2
    ignored = conf.model("Event").objects.filter(status="ignored").count()
    assert ignored <= count["events"] - own
    assert not conf.model("Event").objects.exclude(status__in=("processed", "ignored")).exists()
    summary(
        f"{count['histories']} histories of {own} events ({count['deliveries']} deliveries, "
        f"half of them of the other mode): the mirror equals Stripe, with "
        f"{count['reads']} reads of the API ({count['reads'] / max(own, 1):.2f} per event)"
    )
