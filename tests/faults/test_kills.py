"""Processes die at any moment; Stripe sends again what was not answered 2xx."""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
import redis
from django.utils import timezone

from stripe_integrations import conf
from tests.faults import processes, stories

BROKER = os.environ.get("FAULTS_BROKER", "redis://127.0.0.1:6379/9")


def test_server_killed_under_load_loses_no_event(api, server, kills, assert_converged, summary):
    messages = stories.tell(api, events=120 * kills, seed=2)
    chance = random.Random(3)
    with ThreadPoolExecutor(4) as pool:
        futures = [
            pool.submit(processes.post, server.port, messages[n::2], retries=True, seed=n)
            for n in (0, 1, 0, 1)  # each event twice
        ]
        for _ in range(kills):
            time.sleep(chance.uniform(0.05, 1.5))
            server.kill()
            server.start()
        unanswered = sum(future.result().count(0) for future in futures)
    assert unanswered >= kills  # the kills did hit requests
    assert_converged(messages)
    summary(
        f"server killed {kills} times under {len(messages)} events: {unanswered} requests "
        "without an answer, every event processed once, the mirror equals Stripe"
    )


@pytest.fixture
def queue():
    """The environment of a queue whose keys are nobody else's, and are gone after the test."""
    prefix = f"faults_{os.getpid()}_"
    with redis.Redis.from_url(BROKER) as client:
        client.ping()
        yield {
            "FAULTS_QUEUE": "tests.faults.queue",
            "FAULTS_BROKER": BROKER,
            "FAULTS_KEYS": prefix,
        }
        for key in client.scan_iter(f"{prefix}*"):
            client.delete(key)


def worker(environment, log):
    options = [
        "--concurrency",
        "2",
        "--loglevel",
        "WARNING",
        "--without-gossip",
        "--without-mingle",
        "--hostname",  # RabbitMQ gives one name to one worker
        f"{uuid4().hex}@%h",
    ]
    command = ["celery", "--app", "tests.faults.workers", "worker", *options]
    return processes.Process(command, {**environment, "FAULTS_WORKER": "1"}, log)


def test_celery_worker_killed_again_and_again_loses_no_event(
    api, start, queue, kills, assert_converged, summary
):
    messages = stories.tell(api, events=60 * kills, seed=4)
    server = start(processes.server, **queue)
    _steady, victim = (start(worker, **queue) for _ in range(2))
    chance = random.Random(5)
    with ThreadPoolExecutor(2) as pool:
        futures = [
            pool.submit(processes.post, server.port, messages, retries=True, seed=seed)
            for seed in range(2)
        ]
        for _ in range(kills):
            time.sleep(chance.uniform(2, 4))
            victim.kill()
            victim.start()
        for future in futures:
            assert set(future.result()) == {200}
    waiting = conf.model("Event").objects.exclude(status="processed")
    give_up = time.monotonic() + processes.PATIENCE
    while waiting.exists() and time.monotonic() < give_up:
        time.sleep(0.5)
    assert_converged(messages)
    summary(
        f"one of two Celery workers killed {kills} times under {len(messages)} events: "
        "every event processed once, the mirror equals Stripe"
    )


def test_lost_message_is_found_by_the_workers(api, start, queue, assert_converged, summary):
    messages = stories.tell(api, events=40, seed=6)
    server = start(processes.server, **queue)
    events = conf.model("Event").objects

    # Before there is a worker, the broker loses all that it has.
    first, second = messages[:20], messages[20:]
    assert set(processes.post(server.port, first, retries=True, seed=7)) == {200}
    lost = _lose_messages(queue)
    assert lost == 20
    assert events.filter(status="received").count() == 20
    _end_leases()
    start(worker, **queue)
    _wait_until_processed()

    # While there is one, too: it has taken up some of these already.
    assert set(processes.post(server.port, second, retries=True, seed=8)) == {200}
    lost += _lose_messages(queue)
    _wait_until_processed_or_left_alone()
    _end_leases()
    began = time.monotonic()
    _wait_until_processed()
    waited = time.monotonic() - began
    assert_converged(messages)
    summary(
        f"{lost} of {len(messages)} messages lost by Redis: every event processed once without "
        f"stripe_replay, those that were lost under a running worker within {waited:.0f} s"
    )


def _lose_messages(queue):
    """Delete what waits in the broker, and return how many messages that was."""
    key = f"{queue['FAULTS_KEYS']}celery"
    with redis.Redis.from_url(BROKER) as client, client.pipeline() as pipeline:
        pipeline.lrange(key, 0, -1)
        pipeline.delete(key)
        found, _deleted = pipeline.execute()
    return sum(b"process_event" in message for message in found)


def _end_leases():
    """Let ten minutes be over for the events that are waiting."""
    waiting = conf.model("Event").objects.filter(status="received")
    waiting.update(lease_expires_at=timezone.now() - timedelta(seconds=1))


def _wait_until_processed():
    waiting = conf.model("Event").objects.exclude(status="processed")
    give_up = time.monotonic() + processes.PATIENCE
    while waiting.exists():
        assert time.monotonic() < give_up, f"{waiting.count()} events are never processed."
        time.sleep(0.5)


def _wait_until_processed_or_left_alone():
    """Wait until a worker is done with what it has taken."""
    waiting = conf.model("Event").objects.exclude(status="processed")
    left = None
    while left != (left := waiting.count()):
        time.sleep(3)
