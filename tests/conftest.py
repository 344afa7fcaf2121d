"""Fixtures that more than one folder of tests uses."""

import http.client
import json
from urllib.parse import urlsplit

import pytest
from django.db import connections

from stripe_integrations import registry
from stripe_integrations.actions import StripeWebhook
from stripe_integrations.webhooks import BaseWebhook
from tests.fake_stripe import FakeStripe
from tests.signing import signed_headers

SECRET = "whsec_test"

_summary = []


def pytest_terminal_summary(terminalreporter):
    for line in _summary:
        terminalreporter.write_line(line)


@pytest.fixture
def summary():
    """Take a line that is printed when all tests are done."""
    return _summary.append


class Poster:
    """Posts to the webhook over a real port, as Stripe does."""

    def __init__(self, url, path="/stripe/webhook"):
        self.address = urlsplit(url).netloc
        self.path = path

    def send(self, body, headers=None, method="POST", path=None, **kwargs):
        """Send raw bytes; return (status, body)."""
        connection = http.client.HTTPConnection(self.address, timeout=60)
        try:
            connection.request(
                method, path or self.path, body=body, headers=headers or {}, **kwargs
            )
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def signed(self, body, secret=SECRET, timestamp=None, **headers):
        """Send bytes with a good signature; return the status."""
        signature = signed_headers(body, secret, timestamp)
        content = {"Content-Type": "application/json", **signature, **headers}
        return self.send(body, content)[0]

    def event(self, message):
        """Send an event as Stripe would; return the status."""
        return self.signed(json.dumps(message).encode())


@pytest.fixture
def poster(live_server):
    return Poster(live_server.url)


@pytest.fixture
def own_registry():
    """Let a test register classes that are gone after it."""
    before = dict(registry._classes)
    yield registry
    registry._classes.clear()
    registry._classes.update(before)


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


@pytest.fixture(scope="session")
def running_stripe():
    with FakeStripe() as fake:
        yield fake


@pytest.fixture
def stripe_api(running_stripe, settings):
    """Stripe's API, empty, and the settings that lead to it."""
    running_stripe.reset()
    settings.STRIPE_INTEGRATIONS = {
        **settings.STRIPE_INTEGRATIONS,
        "API_BASE": running_stripe.url,
    }
    return running_stripe


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
