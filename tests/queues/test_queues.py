"""With a queue, the answer comes after the commit; only the event's id travels."""

import json
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from celery import Celery, signals
from celery.contrib.testing.worker import start_worker
from django.contrib.auth import get_user_model
from django.db import connection, connections, transaction
from django.utils import timezone

from stripe_integrations import conf
from stripe_integrations.actions import StripeWebhook
from stripe_integrations.exceptions import WebhookFailed
from stripe_integrations.queues import celery, django_tasks, lost, process
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook
from tests.waiting import waits

pytestmark = pytest.mark.django_db(transaction=True)


#: What a worker does with CELERY_SKIP_CHECKS=1.
WORKER = """
import django
from celery import current_app
from django.conf import settings
from tests import settings as ours
values = {name: value for name, value in vars(ours).items() if name.isupper()}
queue = {"QUEUE": "stripe_integrations.queues.celery"}
settings.configure(**{**values, "STRIPE_INTEGRATIONS": queue})
django.setup()
current_app.finalize()
print("stripe_integrations.process_event" in current_app.tasks)
"""


def use(settings, queue):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "QUEUE": queue}


def created(id="evt_1"):
    return objects.event("product.created", objects.product(), id=id)


def event():
    return conf.model("Event").objects.get()


def products():
    return conf.model("Product").objects


class TestOwnQueue:
    def test_answers_before_it_is_processed(self, poster, own_queue):
        assert poster.event(created()) == 200
        assert own_queue.given == ["evt_1"]
        assert (event().status, products().count()) == ("received", 0)
        process("evt_1")
        assert (event().status, products().count()) == ("processed", 1)

    def test_request_is_kept_with_the_event(self, poster, own_queue):
        assert poster.event(created()) == 200
        row = conf.model("WebhookEventTrigger").objects.get()
        assert (row.event, row.valid, row.processed) == (event(), True, False)
        own_queue.fails = True
        assert poster.event(created()) == 500
        row = conf.model("WebhookEventTrigger").objects.exclude(pk=row.pk).get()
        assert (row.event, row.reason) == (event(), "error")
        assert "secret" not in row.exception + row.traceback

    def test_duplicate_is_queued_until_it_is_processed(self, poster, own_queue):
        for _ in range(2):
            assert poster.event(created()) == 200
        process("evt_1")
        assert poster.event(created()) == 200
        assert own_queue.given == ["evt_1"] * 2
        process("evt_1")
        assert products().get().version == 1

    def test_failed_enqueue_is_a_500_and_the_retry_queues(self, poster, own_queue, caplog):
        own_queue.fails = True
        assert poster.event(created()) == 500
        assert event().status == "received"
        own_queue.fails = False
        assert poster.event(created()) == 200
        assert own_queue.given == ["evt_1"]

    def test_event_of_the_other_mode_is_not_queued(self, poster, own_queue):
        assert poster.event({**created(), "livemode": True}) == 200
        assert (own_queue.given, event().status) == ([], "ignored")

    def test_in_the_callers_transaction_it_waits_for_the_commit(self, own_queue):
        with transaction.atomic():
            StripeWebhook.process_webhook(created(), verified=True)
            assert own_queue.given == []
        assert own_queue.given == ["evt_1"]

    def test_rolled_back_by_the_caller_it_is_not_queued(self, own_queue):
        with transaction.atomic():
            StripeWebhook.process_webhook(created(), verified=True)
            transaction.set_rollback(True)
        assert own_queue.given == []

    def test_event_that_is_gone_is_ignored(self):
        process("evt_none")

    def test_failing_class_raises_in_the_worker(self, own_queue, poster, own_registry):
        class Failing(BaseWebhook):
            name = "product"

            def process_webhook(self):
                raise RuntimeError("told to fail")

        poster.event(created())
        with pytest.raises(WebhookFailed):
            process("evt_1")
        assert (event().status, products().count()) == ("failed", 1)

    def test_two_workers_with_one_event_run_it_once(self, poster, own_queue, own_registry):
        class Counting(BaseWebhook):
            name = "product"

            def process_webhook(self):
                get_user_model().objects.create(username=str(threading.get_ident()))

        poster.event(created())

        def work():
            process("evt_1")
            connection.close()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (get_user_model().objects.count(), event().status) == (1, "processed")


class TestLost:
    """What an event needs to be taken for lost: it is received, and its lease is over."""

    @pytest.fixture
    def given(self):
        return []

    @pytest.fixture
    def received(self, poster, own_queue):
        """Post an event whose message is then lost, and set when its lease is over."""

        def receive(id, minutes):
            assert poster.event(created(id)) == 200
            ends = timezone.now() + timedelta(minutes=minutes)
            conf.model("Event").objects.filter(pk=id).update(lease_expires_at=ends)

        return receive

    def test_event_whose_lease_is_over_is_enqueued_once(self, received, given):
        received("evt_1", minutes=-1)
        assert lost.search_events(given.append) == 1
        assert lost.search_events(given.append) == 0
        assert given == ["evt_1"]

    def test_event_that_a_worker_may_be_busy_with_is_left(self, received, given):
        received("evt_1", minutes=1)
        assert lost.search_events(given.append) == 0

    @pytest.mark.parametrize("status", ["processed", "failed", "ignored"])
    def test_event_that_is_not_waiting_is_left(self, received, given, status):
        received("evt_1", minutes=-1)
        conf.model("Event").objects.update(status=status)
        assert lost.search_events(given.append) == 0

    def test_search_takes_a_limited_number_oldest_first(self, received, given, monkeypatch):
        monkeypatch.setattr(lost, "MAX_FOUND", 2)
        for number in range(1, 4):
            received(f"evt_{number}", minutes=-1)
            age = timezone.now() - timedelta(minutes=number)
            conf.model("Event").objects.filter(pk=f"evt_{number}").update(created=age)
        lost.search_events(given.append)
        assert given == ["evt_3", "evt_2"]
        lost.search_events(given.append)
        assert given == ["evt_3", "evt_2", "evt_1"]

    def test_searches_at_once_enqueue_once(self, received, given):
        for number in range(1, 21):
            received(f"evt_{number}", minutes=-1)

        def work():
            lost.search_events(given.append)
            connection.close()

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(given) == sorted(f"evt_{number}" for number in range(1, 21))


@waits
class TestCelery:
    @pytest.fixture
    def app(self, settings):
        app = Celery("tests", broker="memory://", backend="cache+memory://")
        app.set_default()
        use(settings, "stripe_integrations.queues.celery")
        signals.task_postrun.connect(close_connections)
        signals.setup_logging.connect(leave_logging_alone)
        yield app
        signals.setup_logging.disconnect(leave_logging_alone)
        signals.task_postrun.disconnect(close_connections)

    def test_worker_processes_the_event(self, app, poster):
        with start_worker(app, perform_ping_check=False, shutdown_timeout=30):
            assert poster.event(created()) == 200
            wait_until(lambda: event().status == "processed")
        assert products().count() == 1

    def test_worker_finds_what_was_lost_when_it_starts(self, app, poster, caplog):
        receive_and_lose(poster, app)
        with start_worker(app, perform_ping_check=False, shutdown_timeout=30):
            wait_until(lambda: event().status == "processed")
        assert "evt_1 was received and not processed: it is enqueued again." in caplog.text

    def test_worker_finds_what_is_lost_while_it_runs(self, app, poster, monkeypatch):
        monkeypatch.setattr(lost, "INTERVAL", 0.5)
        with start_worker(app, perform_ping_check=False, shutdown_timeout=30):
            threading.Event().wait(1)  # its first search is over
            receive_and_lose(poster, app)
            wait_until(lambda: event().status == "processed")

    def test_search_is_sent_to_where_events_go(self, app, monkeypatch):
        app.conf.task_routes = {"stripe_integrations.process_event": {"queue": "stripe"}}
        sent = []
        monkeypatch.setattr(app.amqp, "send_task_message", lambda *a, **k: sent.append((a[1], k)))
        celery._send_search(app)
        ((name, options),) = sent
        assert (name, options["queue"].name) == ("stripe_integrations.search_lost_events", "stripe")

    def test_failing_task_is_tried_again(self, app, poster, own_registry, monkeypatch):
        class Flaky(BaseWebhook):
            name = "product"
            calls = 0

            def process_webhook(self):
                Flaky.calls += 1
                if Flaky.calls < 3:
                    raise RuntimeError("not yet")

        monkeypatch.setattr(celery.process_event, "retry_backoff", 0.05)
        with start_worker(app, perform_ping_check=False, shutdown_timeout=30):
            assert poster.event(created()) == 200
            wait_until(lambda: event().status == "processed")
        assert (Flaky.calls, products().get().version) == (3, 1)

    def test_only_the_id_travels(self, app, poster, monkeypatch):
        sent = []
        monkeypatch.setattr(app.amqp, "send_task_message", lambda *a, **k: sent.append(a[2]))
        assert poster.event(created()) == 200
        assert [message.body[0] for message in sent] == [("evt_1",)]

    def test_worker_that_skips_djangos_checks_knows_the_task(self):
        done = subprocess.run(
            [sys.executable, "-c", WORKER], check=True, capture_output=True, text=True
        )
        assert done.stdout.strip() == "True"

    def test_dead_workers_tasks_come_back(self, app):
        task = celery.process_event
        assert (task.acks_late, task.reject_on_worker_lost) == (True, True)
        assert task.time_limit > task.soft_time_limit > 0


class TestDjangoTasks:
    def test_task_processes_the_event(self, settings, poster):
        use(settings, "stripe_integrations.queues.django_tasks")
        assert poster.event(created()) == 200
        assert (event().status, products().count()) == ("processed", 1)

    def test_only_the_id_travels(self, settings, deliver):
        package = type(django_tasks.process_event).__module__.rpartition(".")[0]
        settings.TASKS = {"default": {"BACKEND": f"{package}.backends.dummy.DummyBackend"}}
        use(settings, "stripe_integrations.queues.django_tasks")
        deliver(created())
        results = django_tasks.process_event.get_backend().results
        assert [(result.args, result.kwargs) for result in results] == [(["evt_1"], {})]
        assert event().status == "received"


class TestDjangoTasksFindsWhatWasLost:
    @pytest.fixture(autouse=True)
    def queue(self, settings, monkeypatch):
        monkeypatch.setattr(lost, "_searched_at", {})
        use(settings, "stripe_integrations.queues.django_tasks")

    def lose(self, id):
        """Store an event whose message is lost."""
        conf.model("Event").objects.create(
            pk=id,
            kind="product.created",
            body=json.dumps(created(id)),
            lease_expires_at=timezone.now() - timedelta(minutes=1),
        )

    def state(self, id):
        return conf.model("Event").objects.get(pk=id).status

    def test_lost_event_is_found_with_the_next_event(self, poster):
        self.lose("evt_lost")
        assert poster.event(created()) == 200
        assert self.state("evt_lost") == "processed"

    def test_lost_events_are_searched_once_a_minute_at_most(self, poster, monkeypatch):
        assert poster.event(created()) == 200
        self.lose("evt_lost")
        assert poster.event(created("evt_2")) == 200
        assert self.state("evt_lost") == "received"
        monkeypatch.setattr(lost, "_searched_at", {})
        assert poster.event(created("evt_3")) == 200
        assert self.state("evt_lost") == "processed"

    def test_worker_searches_from_its_first_task_on(self, settings, deliver, monkeypatch):
        started = []
        monkeypatch.setattr(django_tasks._timer, "start", lambda: started.append(True))
        deliver(created())  # which the web process runs itself
        assert started == []
        package = type(django_tasks.process_event).__module__.rpartition(".")[0]
        settings.TASKS = {"default": {"BACKEND": f"{package}.backends.dummy.DummyBackend"}}
        django_tasks.process_event.func("evt_1")
        assert started == [True]

    def test_timer_searches_until_the_process_ends(self, monkeypatch):
        monkeypatch.setattr(lost, "INTERVAL", 0.01)
        searched = []

        def search():
            searched.append(threading.current_thread().name)
            if len(searched) == 3:
                timer._is_over.set()

        timer = lost.SearchTimer(search)
        timer.start()
        timer.start()
        assert timer._is_over.wait(5)
        assert searched == ["stripe_lost"] * 3

    def test_search_that_fails_is_logged_and_loses_no_event(self, poster, monkeypatch, caplog):
        def fail(_enqueue):
            raise ConnectionError("The broker is not there.")

        monkeypatch.setattr(lost, "search_events", fail)
        assert poster.event(created()) == 200
        assert self.state("evt_1") == "processed"
        assert "What was lost could not be enqueued again." in caplog.text


def receive_and_lose(poster, app):
    """Post an event, take its message from the broker, and let its lease be over."""
    assert poster.event(created()) == 200
    if event().status == "processed":  # the worker was faster
        conf.model("Event").objects.update(status="received", runs={}, synced=False)
    with app.connection_for_write() as broker:
        broker.default_channel.queue_purge("celery")
    ends = timezone.now() - timedelta(seconds=1)
    conf.model("Event").objects.update(lease_expires_at=ends)


def close_connections(**_kwargs):
    connections.close_all()


def leave_logging_alone(**_kwargs):
    """Keep Celery from setting up logging, which would outlive the worker."""


def wait_until(condition, seconds=20):
    done = threading.Event()
    for _ in range(seconds * 20):
        if condition():
            return
        done.wait(0.05)
    raise AssertionError("It does not happen.")
