"""Many processes post the same events at once."""

import itertools
import threading
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

from stripe_integrations.testing import objects
from tests.faults import processes, stories

CLIENTS = 8


def test_same_events_from_eight_processes_take_effect_once(api, server, assert_converged, summary):
    messages = stories.tell(api, events=500, seed=1)
    with ProcessPoolExecutor(CLIENTS, mp_context=get_context("spawn")) as pool:
        futures = [
            pool.submit(processes.post, server.port, messages * 5, retries=False, seed=seed)
            for seed in range(CLIENTS)
        ]
        statuses = Counter(itertools.chain(*(future.result() for future in futures)))
    assert statuses == {200: 500 * 5 * CLIENTS}
    assert_converged(messages)
    summary(
        f"500 events, each posted {5 * CLIENTS} times by {CLIENTS} processes: 500 effects, "
        f"statuses {dict(statuses)}, {len(api.requests)} reads of the API"
    )


def test_deliveries_of_one_event_at_the_same_moment_take_effect_once(api, server, assert_converged):
    messages = []
    for number in range(200):
        api.create("products", {"id": f"prod_{number}"})
        messages.append(list(api.events.values())[-1])
    barrier = threading.Barrier(CLIENTS)

    def deliver():
        found = []
        for message in messages:
            barrier.wait(processes.PATIENCE)
            found += processes.post(server.port, [message], retries=False, seed=0)
        return found

    with ThreadPoolExecutor(CLIENTS) as pool:
        futures = [pool.submit(deliver) for _ in range(CLIENTS)]
        statuses = Counter(itertools.chain(*(future.result() for future in futures)))
    assert statuses == {200: len(messages) * CLIENTS}
    assert_converged(messages)


def test_events_of_one_object_at_the_same_moment_are_all_processed(api, server, assert_converged):
    """Related events arrive together: the other libraries' deadlocks."""
    for number in range(25):
        api.clock = objects.NOW + number * 10
        api.create("customers", {"id": f"cus_{number}"})
        api.attach(f"cus_{number}", "tok_visa")
        api.create("prices", {"id": f"price_{number}"})
        params = {"customer": f"cus_{number}", "items": [{"price": f"price_{number}"}]}
        id = api.create("subscriptions", params)["id"]
        for value in "abc":
            api.change("subscriptions", id, {"metadata": {"value": value}})
    messages = list(api.events.values())
    with ThreadPoolExecutor(CLIENTS) as pool:
        futures = [
            pool.submit(processes.post, server.port, messages[n::CLIENTS], retries=False, seed=n)
            for n in range(CLIENTS)
        ]
        statuses = Counter(itertools.chain(*(future.result() for future in futures)))
    assert statuses == {200: len(messages)}
    assert_converged(messages)
