"""Fixtures that more than one folder of tests uses."""

import http.client
import json
import os
import sys
import threading
import types
from urllib.parse import urlsplit

import pytest
from django.core.servers.basehttp import WSGIRequestHandler
from django.db import connection, connections
from django.test import TransactionTestCase

from stripe_integrations import conf, counters
from stripe_integrations.actions import StripeWebhook
from stripe_integrations.dispatch import registry
from stripe_integrations.testing import sign
from stripe_integrations.webhooks import BaseWebhook
from tests.large_tables import leave_out

SECRET = "whsec_test"

if connection.vendor == "sqlite":
    # Django opens new connections for each test that commits, for the sake of other databases.
    TransactionTestCase._should_reload_connections = lambda self: False

# On a connection that is kept, an answer would wait 40 ms for the client to acknowledge its head.
WSGIRequestHandler.disable_nagle_algorithm = True

pytest_plugins = ["stripe_integrations.testing.pytest_plugin"]

_summary = []


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers():
    """One more than there are cores: some tests only wait, for an API that is silent."""
    return (os.cpu_count() or 1) + 1


@pytest.hookimpl(tryfirst=True)  # before the order is made a random one
def pytest_collection_modifyitems(config, items):
    leave_out(config, items)


def pytest_terminal_summary(terminalreporter):
    for line in _summary:
        terminalreporter.write_line(line)


@pytest.fixture
def summary():
    """Take a line that is printed when all tests are done."""
    return _summary.append


@pytest.fixture(scope="session", autouse=True)
def counts_stay_in_the_process():
    """Write no counts, for the tests that count statements; those of the health do it."""
    counters.next_flush = float("inf")
    yield
    counters.discard()


class Poster:
    """Posts to the webhook over a real port, as Stripe does; a thread keeps its connection."""

    def __init__(self, url, path="/stripe/webhook"):
        self.address = urlsplit(url).netloc
        self.path = path
        self._connections = {}

    def send(self, body, headers=None, method="POST", path=None, **kwargs):
        """Send raw bytes; return (status, body)."""
        thread = threading.get_ident()
        if thread not in self._connections:
            self._connections[thread] = http.client.HTTPConnection(self.address, timeout=60)
        connection = self._connections[thread]
        try:
            connection.request(
                method, path or self.path, body=body, headers=headers or {}, **kwargs
            )
            response = connection.getresponse()
            return response.status, response.read()
        except BaseException:
            connection.close()
            raise

    def close(self):
        for each in self._connections.values():
            each.close()

    def signed(self, body, secret=SECRET, timestamp=None, **headers):
        """Send bytes with a good signature; return the status."""
        signature = sign(body, secret, timestamp)
        content = {"Content-Type": "application/json", **signature, **headers}
        return self.send(body, content)[0]

    def event(self, message):
        """Send an event as Stripe would; return the status."""
        return self.signed(json.dumps(message).encode())


@pytest.fixture
def poster(live_server):
    poster = Poster(live_server.url)
    yield poster
    poster.close()


@pytest.fixture
def own_registry():
    """Let a test register classes that are gone after it."""
    before = dict(registry._classes)
    yield registry
    registry._classes.clear()
    registry._classes.update(before)
    registry.matching.cache_clear()


@pytest.fixture
def failing(own_registry):
    """A class of the project's that waits for products and raises, until told otherwise."""

    class Failing(BaseWebhook):
        name = "product"
        fails = True

        def process_webhook(self):
            if Failing.fails:
                raise RuntimeError("told to fail")

    return Failing


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
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "QUEUE": "own_queue"}
    return module


@pytest.fixture
def before_each_answer(stripe_api, monkeypatch):
    """Let something happen after an answer is made and before it is sent; it gets the request."""
    handle = stripe_api.handle

    def begin(happens):
        def handle_and(*args):
            try:
                return handle(*args)
            finally:
                happens(stripe_api.requests[-1])
                connections.close_all()  # those of the fake's thread

        monkeypatch.setattr(stripe_api, "handle", handle_and)

    return begin


@pytest.fixture
def deliver():
    """Process events as the webhook does once their signature is checked."""

    def process(*messages):
        for message in messages:
            StripeWebhook.process_webhook(message, verified=True)

    return process
