"""What happens is counted in the process, and written once a minute by one statement."""

import logging
import os
import threading
import time
from collections import Counter

import pytest
import stripe
from celery.signals import worker_process_shutdown
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from stripe_integrations import client, conf, counters, queues
from stripe_integrations.actions import StripeWebhook
from stripe_integrations.circuit_breaker import MAX_FAILURES
from stripe_integrations.exceptions import WebhookFailed
from stripe_integrations.operations import figures
from stripe_integrations.queues import celery
from stripe_integrations.testing import objects
from tests.silent_server import SilentServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def due(monkeypatch):
    """A flush is due; nothing is deleted."""
    monkeypatch.setattr(counters, "next_flush", 0.0)
    monkeypatch.setattr("random.random", lambda: 1.0)


def written():
    """Return name -> (label, endpoint) -> count, of all minutes, and check that they add up."""
    found = {}
    rows = conf.model("HealthCount").objects
    for row in rows.filter(minute=0):
        found.setdefault(row.name, {})[row.label, row.endpoint] = row.count
        same = {"name": row.name, "label": row.label, "endpoint": row.endpoint}
        minutes = rows.filter(**same).exclude(minute=0).values_list("minute", "count")
        assert sum(count for _, count in minutes) == row.count
        assert all(minute % 60 == 0 for minute, _ in minutes)
    return found


def product_event(number=1, **more):
    return objects.event("product.created", objects.product(id=f"prod_{number}"), **more)


def test_events_are_counted_by_state_and_lag(poster):
    now = int(time.time())
    for number, ago in enumerate((-5, 3, 45, 90_000)):
        message = product_event(number, id=f"evt_{number}", created=now - ago)
        assert poster.event(message) == 200
    assert poster.event(message) == 200  # a duplicate is a delivery, too
    assert poster.event(product_event(5, livemode=True, created=now - 100)) == 200
    counters.flush()
    found = written()
    assert found["events"] == {("processed", ""): 5, ("ignored", ""): 1}
    lags = {label: count for (label, _), count in found["lag"].items()}
    assert lags == {"1": 1, "5": 1, "60": 1, "300": 1, "inf": 2}
    assert 0 <= found["lag_seconds"]["", ""] - (3 + 45 + 100 + 2 * 90_000) < 12


def test_failure_is_counted_by_class_and_as_failed(poster, failing):
    assert poster.event(product_event()) == 500
    failing.fails = False
    assert poster.event(product_event()) == 200
    counters.flush()
    found = written()
    assert found["events"] == {("failed", ""): 1, ("processed", ""): 1}
    key = f"{failing.__module__}.{failing.__qualname__}"
    assert found["failures"] == {(key, ""): 1}


def test_event_that_cannot_be_stored_is_an_error(monkeypatch):
    with transaction.atomic(), pytest.raises(RuntimeError):
        StripeWebhook.process_webhook(product_event(), verified=True)
    counters.flush()
    assert written() == {}  # refused before it was taken

    def fail(*_args, **_kwargs):
        raise DatabaseError("gone")

    monkeypatch.setattr("stripe_integrations.dispatch.store.store_event", fail)
    with pytest.raises(DatabaseError):
        StripeWebhook.process_webhook(product_event(), verified=True)
    counters.flush()
    assert written()["events"] == {("error", ""): 1}


def test_event_of_a_queue_is_counted_when_stored_and_when_processed(own_queue, failing):
    StripeWebhook.process_webhook(product_event(), verified=True)
    key = own_queue.given[0]
    with pytest.raises(WebhookFailed):
        queues.process(key)
    failing.fails = False
    queues.process(key)
    queues.process("evt_unknown")
    counters.flush()
    states = {"received", "failed", "processed"}
    assert written()["events"] == {(state, ""): 1 for state in states}


def test_refusals_are_counted_by_reason_and_endpoint(poster):
    for _ in range(2):
        assert poster.signed(b"{}", secret="whsec_of_somebody_else") == 400
    assert poster.send(b"{}")[0] == 400
    poster.path = "/stripe/webhook/00000000-0000-0000-0000-000000000000"
    assert poster.signed(b"{}") in (400, 404)
    counters.flush()
    found = written()["refusals"]
    assert found == {
        ("no_match", ""): 2,
        ("no_header", ""): 1,
        ("unknown_endpoint", "unknown"): 1,
    }


def test_reads_of_the_api_are_counted_by_result(stripe_api, settings):
    stripe_api.create("products", {"id": "prod_1"})
    client.request("get", "/v1/products/prod_1")
    client.request("post", "/v1/products/prod_1", {"name": "other"})
    client.find_object("/v1/products/prod_2")
    with SilentServer() as silent:
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "API_BASE": silent.url}
        for _ in range(MAX_FAILURES + 2):
            with client.within(0.1), pytest.raises(stripe.APIConnectionError):
                client.find_object("/v1/products/prod_1")
    client._client.cache_clear()
    counters.flush()
    assert written()["api_reads"] == {
        ("answered", ""): 1,
        ("error", ""): 1,
        ("silent", ""): MAX_FAILURES,
        ("not_asked", ""): 2,
    }


def test_minute_that_is_over_is_written_by_one_statement(due):
    StripeWebhook.process_webhook(product_event(1, id="evt_1"), verified=True)  # the first at once
    assert written()["events"] == {("processed", ""): 1}
    assert counters.next_flush > time.time()
    for number in range(2, 5):
        message = product_event(number, id=f"evt_{number}")
        StripeWebhook.process_webhook(message, verified=True)
    assert written()["events"] == {("processed", ""): 1}

    def statements():
        number = 10 + counters.next_flush
        with CaptureQueriesContext(
            connection,
        ) as found:
            message = product_event(f"{number}", id=f"evt_{number}")
            StripeWebhook.process_webhook(message, verified=True)
        return [each["sql"] for each in found.captured_queries]

    usual = statements()
    counters.next_flush = 0.0
    with_flush = statements()
    assert len(with_flush) == len(usual) + 1
    assert "healthcount" in with_flush[-1]
    assert written()["events"] == {("processed", ""): 6}


def test_old_minutes_are_deleted_after_one_flush_in_sixty(due, monkeypatch):
    old = int(time.time()) // 60 * 60 - 8 * 86_400
    rows = conf.model("HealthCount").objects
    for minute in (old, 0, old + 2 * 86_400):
        rows.create(minute=minute, name="events", label="processed", count=7)

    def statements(chance):
        monkeypatch.setattr("random.random", lambda: chance)
        counters.count("events", "processed")
        counters.next_flush = 0.0
        with CaptureQueriesContext(connection) as found:
            counters.flush_if_due()
        return [each["sql"].split()[0] for each in found.captured_queries]

    assert statements(0.02) == ["INSERT"]
    assert rows.filter(minute=old).exists()
    assert statements(0.016) == ["INSERT", "DELETE"]
    assert not rows.filter(minute=old).exists()
    assert rows.get(minute=old + 2 * 86_400).count == 7
    assert rows.get(minute=0).count == 9


def test_what_was_counted_for_another_database_is_not_written_at_the_end(due, monkeypatch):
    counters.count("events", "processed")
    counters.flush_if_due()
    counters.count("events", "processed")
    settings = connection.settings_dict
    with monkeypatch.context() as patched:  # as after the tests of a project
        patched.setitem(settings, "NAME", f"{settings['NAME']}-other")
        counters.flush_at_exit()
    assert written()["events"] == {("processed", ""): 1}
    counters.flush_at_exit()
    assert written()["events"] == {("processed", ""): 2}


def test_counts_wait_for_the_end_of_a_transaction_and_outlive_an_error(due, caplog, monkeypatch):
    counters.count("events", "processed")
    with transaction.atomic():
        counters.flush_if_due()
        assert written() == {}
    with monkeypatch.context() as patched:
        patched.setattr(conf.model("HealthCount")._meta, "db_table", "not_there")
        with caplog.at_level(logging.WARNING):
            counters.flush()
    assert "could not be written" in caplog.text
    counters.flush()
    assert written()["events"] == {("processed", ""): 1}


def test_labels_and_minutes_of_a_process_are_bounded(monkeypatch):
    for number in range(3 * counters.MAX_LABELS):
        counters.count("failures", f"shop.Class{number}")
    now = time.time()
    for number in range(3 * counters.MAX_MINUTES):
        counters.events.append((now - 60 * number, "processed", None))
    counters.flush()
    found = written()
    assert len(found["failures"]) == counters.MAX_LABELS + 1
    assert found["failures"]["other", ""] == 2 * counters.MAX_LABELS
    assert found["events"] == {("processed", ""): 3 * counters.MAX_MINUTES}
    minutes = conf.model("HealthCount").objects.exclude(minute=0).values_list("minute", flat=True)
    assert len(set(minutes)) <= counters.MAX_MINUTES + 1


def test_threads_lose_no_count():
    def work():
        for _ in range(500):
            counters.events.append((time.time(), "processed", None))
            counters.count("failures", "shop.Class")
        counters.flush()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    counters.flush()
    assert written() == {
        "events": {("processed", ""): 2000},
        "failures": {("shop.Class", ""): 2000},
    }


@pytest.mark.skipif(not hasattr(os, "fork"), reason="it has no fork")
def test_forked_process_counts_from_zero():
    counters.count("events", "processed")
    counters.events.append((time.time(), "processed", None))
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, f"{len(counters.events)} {len(counters._counts)}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reading, 100) == b"0 0"
    assert Counter(len(each) for each in (counters.events, counters._counts)) == {1: 2}


def test_figures_of_a_span(counted):
    assert figures.of_all_time().lag_quantile(0.5) is None
    assert figures.of_all_time().reads_per_event is None
    counted(1, "events", "processed", 80)
    counted(5, "events", "failed", 20)
    counted(1, "lag", "1", 50)
    counted(1, "lag", "10", 40)
    counted(5, "lag", "inf", 10)
    counted(1, "api_reads", "answered", 20)
    counted(1, "api_reads", "error", 5)
    counted(1, "api_reads", "not_asked", 100)
    counted(1, "refusals", "no_match", 3, "we_1")
    counted(300, "events", "processed", 1000)
    found = figures.of_last(3600)
    assert found.counts("events") == {"processed": 80, "failed": 20}
    assert found.lag_quantile(0.5) == 1
    assert found.lag_quantile(0.7) == 7.5
    assert found.lag_quantile(0.95) == 86_400
    assert found.reads_per_event == 0.25
    assert found.refusals == {("no_match", "we_1"): 3}
    assert figures.of_all_time().total("events") == 1100
    now = int(time.time())
    spans = figures.of_spans(now - 7200, 3600)
    assert sum(each.total("events") for each in spans.values()) == 100
    assert all(each % 3600 == 0 for each in spans)


def test_celery_process_that_ends_writes_its_counts():
    assert celery.SearchesLostEvents  # imported, and so connected
    counters.count("failures", "shop.Class")
    worker_process_shutdown.send(sender=None)
    assert written() == {"failures": {("shop.Class", ""): 1}}
