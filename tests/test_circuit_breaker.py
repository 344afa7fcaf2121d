"""After a few silent answers the API is left alone for a while, and no event waits for it."""

import itertools
import statistics
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import pytest
import stripe
from django.core.handlers.wsgi import WSGIHandler
from django.db import connections

from stripe_integrations import circuit_breaker, client, conf
from stripe_integrations.circuit_breaker import MAX_FAILURES, PAUSE, CircuitBreaker
from stripe_integrations.testing import objects
from tests.conftest import Poster
from tests.silent_server import SilentServer, taking
from tests.test_client import configure
from tests.waiting import waits

pytestmark = waits

PATH = "/v1/products/prod_1"


@pytest.fixture
def clock(monkeypatch):
    """The breaker's clock, which goes by hand."""

    class Clock:
        now = 1000.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(circuit_breaker, "time", clock)
    return clock


def open_circuit():
    breaker = CircuitBreaker()
    assert [breaker.note_failure() for _ in range(MAX_FAILURES)] == [False, False, True]
    return breaker


def test_circuit_after_fewer_failures_is_closed(clock):
    breaker = CircuitBreaker()
    for _ in range(MAX_FAILURES - 1):
        breaker.note_failure()
    assert breaker.allows_call()


def test_circuit_after_failures_that_a_success_parts_is_closed(clock):
    breaker = CircuitBreaker()
    for _ in range(MAX_FAILURES):
        breaker.note_failure()
        breaker.note_success()
    assert breaker.allows_call()


def test_open_circuit_lets_one_caller_through_after_each_pause(clock):
    breaker = open_circuit()
    assert not breaker.allows_call()
    clock.now += PAUSE
    assert [breaker.allows_call() for _ in range(3)] == [True, False, False]
    clock.now += 3
    breaker.note_failure()
    clock.now += PAUSE - 1
    assert not breaker.allows_call()
    clock.now += 1
    assert breaker.allows_call()


def test_open_circuit_after_one_success_is_closed(clock):
    breaker = open_circuit()
    clock.now += PAUSE
    assert breaker.allows_call()
    breaker.note_success()
    assert [breaker.allows_call() for _ in range(3)] == [True] * 3


@pytest.fixture
def silent():
    with SilentServer() as server:
        yield server


def test_api_that_was_silent_is_asked_no_more_and_again_after_the_pause(settings, silent, clock):
    configure(settings, API_BASE=silent.url)
    for _ in range(MAX_FAILURES):
        with client.within(0.1), pytest.raises(stripe.APIConnectionError):
            client.find_object(PATH)
    assert silent.connections == MAX_FAILURES
    for _ in range(5):
        with taking(1), pytest.raises(stripe.APIConnectionError, match="silent 3 times"):
            client.find_object(PATH)
    assert silent.connections == MAX_FAILURES
    clock.now += PAUSE
    with client.within(0.1), pytest.raises(stripe.APIConnectionError):
        client.find_object(PATH)
    assert silent.connections == MAX_FAILURES + 1


def test_api_that_answers_again_is_asked_again(stripe_api, clock):
    stripe_api.create("products", {"id": "prod_1"})
    stripe_api.latency = 0.3
    for _ in range(MAX_FAILURES):
        with client.within(0.05), pytest.raises(stripe.APIConnectionError):
            client.find_object(PATH)
    stripe_api.latency = 0
    with pytest.raises(stripe.APIConnectionError):
        client.find_object(PATH)
    clock.now += PAUSE
    for _ in range(3):
        assert client.find_object(PATH).data["id"] == "prod_1"


def test_connections_that_are_refused_leave_the_circuit_closed(stripe_api):
    stripe_api.create("products", {"id": "prod_1"})
    stripe_api.down()
    for _ in range(MAX_FAILURES + 1):
        with pytest.raises(stripe.APIConnectionError):
            client.find_object(PATH)
    stripe_api.hangs_up = False
    assert client.find_object(PATH).data["id"] == "prod_1"


def test_request_without_a_deadline_is_sent_while_the_circuit_is_open(stripe_api, clock):
    stripe_api.create("products", {"id": "prod_1"})
    stripe_api.latency = 0.3
    for _ in range(MAX_FAILURES):
        with client.within(0.05), pytest.raises(stripe.APIConnectionError):
            client.find_object(PATH)
    assert client.request("get", PATH).data["id"] == "prod_1"


def doubtful(number):
    """Two updates of one second: which is the later one, only the API could tell."""
    id = f"prod_{number}"
    return [
        objects.event("product.updated", objects.product(id, name=name), id=f"evt_{number}_{name}")
        for name in ("a", "b")
    ]


@pytest.mark.django_db(transaction=True)
def test_events_in_doubt_are_taken_in_at_once_while_the_api_is_silent(settings, silent, poster):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "API_BASE": silent.url}
    took = []
    for number in range(MAX_FAILURES + 5):
        first, second = doubtful(number)
        assert poster.event(first) == 200
        began = time.monotonic()
        assert poster.event(second) == 200
        took.append(time.monotonic() - began)
    assert max(took) < 4
    assert max(took[MAX_FAILURES:]) < 2, took
    rows = conf.model("Product").objects
    assert rows.filter(in_doubt=True, name="b").count() == MAX_FAILURES + 5
    assert silent.connections == MAX_FAILURES


class PooledServer(WSGIServer):
    """A server with as many threads as a small deployment has; further requests wait for one."""

    request_queue_size = 64

    def __init__(self):
        super().__init__(("127.0.0.1", 0), QuietHandler)
        self.set_app(WSGIHandler())
        self.pool = ThreadPoolExecutor(THREADS)

    def process_request(self, request, client_address):
        self.pool.submit(self.answer, request, client_address)

    def answer(self, request, client_address):
        try:
            self.finish_request(request, client_address)
        finally:
            self.shutdown_request(request)
            connections.close_all()


class QuietHandler(WSGIRequestHandler):
    def log_message(self, *args):
        """Keep the output of the tests clean."""


@pytest.fixture
def two_threads(settings):
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    server = PooledServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    poster = Poster(f"http://127.0.0.1:{server.server_port}")
    yield poster
    poster.close()
    server.shutdown()
    thread.join()
    server.pool.shutdown()
    server.server_close()


#: Threads of the server, and clients that send it events in doubt, one after the other.
THREADS, SENDERS = 2, 6
UNRELATED = 9


@pytest.mark.django_db(transaction=True)
def test_unrelated_events_are_not_held_while_the_api_is_silent(settings, silent, two_threads):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "API_BASE": silent.url}
    numbers, is_over = itertools.count(), threading.Event()

    def send_doubtful():
        while not is_over.is_set():
            for message in doubtful(next(numbers)):
                assert two_threads.event(message) == 200

    took = []
    with ThreadPoolExecutor(SENDERS) as pool:
        senders = [pool.submit(send_doubtful) for _ in range(SENDERS)]
        try:
            while silent.connections < THREADS:  # both threads are held
                time.sleep(0.01)
            for number in range(UNRELATED):
                began = time.monotonic()
                message = objects.event("price.created", objects.price(f"price_{number}"))
                assert two_threads.event(message) == 200
                took.append(time.monotonic() - began)
        finally:
            is_over.set()
        for sender in senders:
            sender.result()
    # Without the breaker each of them waits for the senders' events, three seconds for each pair.
    assert statistics.median(took) < 2, took
    assert silent.connections <= MAX_FAILURES + THREADS
