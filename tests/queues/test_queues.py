"""With a queue, the answer comes after the commit; only the event's id travels."""

import sys
import threading
import types

import pytest
from celery import Celery, signals
from celery.contrib.testing.worker import start_worker
from django.contrib.auth import get_user_model
from django.db import connection, connections, transaction

from stripe_integrations import conf
from stripe_integrations.actions import StripeWebhook
from stripe_integrations.exceptions import WebhookFailed
from stripe_integrations.queues import celery, django_tasks, process
from stripe_integrations.webhooks import BaseWebhook
from tests import objects

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def own_queue(monkeypatch, settings):
    """A project's own queue: a module with a function `enqueue`."""
    module = types.ModuleType("own_queue")
    module.given, module.fails = [], False

    def enqueue(event_id):
        if module.fails:
            raise ConnectionError("amqp://user:secret@broker is not there")
        assert not connection.in_atomic_block
        assert conf.model("Event").objects.filter(pk=event_id).exists()
        module.given.append(event_id)

    module.enqueue = enqueue
    monkeypatch.setitem(sys.modules, "own_queue", module)
    use(settings, "own_queue")
    return module


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

    def test_nobody_waits_for_it(self, poster, own_queue):
        message = objects.event("balance.available", {"object": "balance"})
        assert poster.event(message) == 200
        assert (own_queue.given, event().status) == ([], "processed")

    def test_other_mode(self, poster, own_queue):
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

    def test_event_that_is_gone(self):
        process("evt_none")

    def test_failing_class(self, own_queue, poster, own_registry):
        class Failing(BaseWebhook):
            name = "product"

            def process_webhook(self):
                raise RuntimeError("told to fail")

        poster.event(created())
        with pytest.raises(WebhookFailed):
            process("evt_1")
        assert (event().status, products().count()) == ("failed", 1)

    def test_two_workers_with_one_event(self, poster, own_queue, own_registry):
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

    def test_worker_processes(self, app, poster):
        with start_worker(app, perform_ping_check=False, shutdown_timeout=30):
            assert poster.event(created()) == 200
            wait_until(lambda: event().status == "processed")
        assert products().count() == 1

    def test_tries_again(self, app, poster, own_registry, monkeypatch):
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

    def test_dead_workers_tasks_come_back(self, app):
        task = celery.process_event
        assert (task.acks_late, task.reject_on_worker_lost) == (True, True)
        assert task.time_limit > task.soft_time_limit > 0


class TestDjangoTasks:
    def test_processes(self, settings, poster):
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
