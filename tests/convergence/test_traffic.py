"""How often the API is read for the events of an ordinary account.

The histories are far worse than any account, and their share of reads says how bad they are made.
What an account costs is measured with the traffic of one, whose docstring says what is like at
Stripe. CUSTOMERS sets how many there are.
"""

import os

import pytest

from stripe_integrations.testing import objects
from tests.convergence.histories import World
from tests.convergence.reads import OF_THIN, Reads
from tests.convergence.traffic import Traffic

CUSTOMERS = int(os.environ.get("CUSTOMERS", "25"))
#: Reads of the API per snapshot event; the histories may need more.
MAX_READS = 0.15

pytestmark = pytest.mark.django_db(transaction=True)


def test_ordinary_traffic_needs_few_reads(stripes_of_histories, pool, summary, monkeypatch):
    for each in stripes_of_histories:
        each.reset()
        each.clock = each.test_clock = objects.NOW
        each.latency = 0.01
    reads = Reads(monkeypatch)
    world = World(*stripes_of_histories, "t", pool, size=CUSTOMERS)
    Traffic(CUSTOMERS, seed=1).play(world)
    events = sum(each["object"] == "event" for each in world.told)
    thin = len(world.told) - events
    assert world.differences() == []
    assert events > 10 * CUSTOMERS
    assert 0 < reads.of(OF_THIN) <= thin
    share = reads.of_doubts / events
    summary(
        f"ordinary traffic, {events} events ({sum(world.delivered)} deliveries, {thin} thin "
        f"events): the mirror equals Stripe, with {share:.2f} reads of the API per snapshot event"
    )
    for line in reads.lines():
        summary(line)
    assert share < MAX_READS
