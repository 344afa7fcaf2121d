"""A backfill goes on after kills, in a command and in workers, while webhooks arrive."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import kombu
import pytest

from stripe_integrations import conf
from stripe_integrations.operations import windows
from stripe_integrations.testing import objects
from tests.faults import processes
from tests.faults.test_kills import worker

RABBITMQ = os.environ.get("FAULTS_RABBITMQ", "amqp://guest:guest@127.0.0.1:5672//")
START = 1_600_000_000
CUSTOMERS = 4000
#: Calls of the API a second.
RATE = 40


@pytest.fixture
def customers(api):
    """Customers of four years, and the times at which they were listed."""
    held = api.objects["customers"]
    step = 4 * 365 * 86_400 // CUSTOMERS
    for number in range(CUSTOMERS):
        id = f"cus_{number:05d}"
        held[id] = objects.customer(id, created=START + number * step, metadata={})
    return held


@pytest.fixture
def listed_at(api, monkeypatch):
    """The times of the requests for lists."""
    times, handle = [], api.handle

    def note(method, path, *args):
        times.append(time.monotonic())
        return handle(method, path, *args)

    monkeypatch.setattr(api, "handle", note)
    return times


def rows():
    return conf.model("Customer").objects


def assert_equal_to_stripe(customers):
    assert {row.pk: row.stripe_data for row in rows().filter(deleted_at=None)} == customers


@contextmanager
def events_arriving(api, server, ids):
    """Change one object after the other, and post their events, as long as the block runs."""
    is_over = threading.Event()

    def change(number):
        known = set(api.events)
        api.change("customers", ids[number % len(ids)], {"name": f"Ada {number}"})
        messages = [api.events[id] for id in list(api.events) if id not in known]
        return processes.post(server.port, messages, retries=True, seed=number)

    def work():
        statuses = [status for number in range(10) for status in change(number)]
        number = len(statuses)
        while not is_over.wait(0.05):
            statuses += change(number)
            number += 1
        return set(statuses)

    with ThreadPoolExecutor(1) as pool:
        answered = pool.submit(work)
        try:
            yield
        finally:
            is_over.set()
    assert answered.result() == {200}


def wait_until(condition):
    give_up = time.monotonic() + processes.PATIENCE
    while not condition():
        assert time.monotonic() < give_up, "It never happens."
        time.sleep(0.05)


def command(environment, log):
    arguments = ["django", "stripe_sync", "customers", "--concurrency", "4"]
    return processes.Process(arguments, {**environment, "FAULTS_RATE": "1000"}, log)


def test_killed_command_goes_on_where_it_was(api, start, server, customers, summary):
    api.latency = 0.05
    changed = [f"cus_{number:05d}" for number in range(0, CUSTOMERS, 100)]
    with events_arriving(api, server, changed):
        process = start(command)
        wait_until(lambda: rows().count() > CUSTOMERS // 4)
        process.kill()
        done = rows().count()
        assert done < CUSTOMERS
        api.requests.clear()
        process.start()
        wait_until(lambda: process.running.poll() is not None)
        assert process.running.returncode == 0
    listings = [each for each in api.requests if each.path == "/v1/customers"]
    assert_equal_to_stripe(customers)
    written_once = rows().exclude(pk__in=changed).values_list("version", flat=True)
    assert set(written_once) == {1}
    summary(
        f"stripe_sync killed after {done} of {CUSTOMERS} customers: the next run read "
        f"{len(listings)} pages, and the mirror equals Stripe"
    )


@pytest.fixture
def queue():
    """The environment of a queue of RabbitMQ's that is nobody else's, and gone after the test."""
    name = f"faults_{os.getpid()}"
    with kombu.Connection(RABBITMQ, connect_timeout=5) as connection:
        connection.connect()
        yield {
            "FAULTS_QUEUE": "tests.faults.queue",
            "FAULTS_BROKER": RABBITMQ,
            "FAULTS_QUEUE_NAME": name,
            "FAULTS_RATE": str(RATE),
        }
        connection.default_channel.queue_delete(name)


def enqueue(environment, log):
    return processes.Process(["django", "stripe_sync", "customers", "--queue"], environment, log)


def test_killed_worker_leaves_the_rest_to_another(
    api, start, server, queue, customers, listed_at, summary
):
    changed = [f"cus_{number:05d}" for number in range(0, CUSTOMERS, 100)]
    with events_arriving(api, server, changed):
        process = start(enqueue, **queue)
        assert process.running.wait(processes.PATIENCE) == 0
        listed_at.clear()
        _steady, victim = (start(worker, **queue) for _ in range(2))
        wait_until(lambda: rows().count() > CUSTOMERS // 4)
        victim.kill()
        wait_until(lambda: not windows.all_windows().exists())
    assert_equal_to_stripe(customers)
    written_once = rows().exclude(pk__in=changed).values_list("version", flat=True)
    assert set(written_once) == {1}
    began = listed_at[0]
    for number, moment in enumerate(listed_at):
        assert moment - began > number / RATE - 1, "The pace is not held."
    summary(
        f"one of two Celery workers on RabbitMQ killed while they read {CUSTOMERS} customers: no "
        f"object written twice, {len(listed_at) / (listed_at[-1] - began):.0f} calls a second of "
        f"{RATE} allowed, and the mirror equals Stripe"
    )
