"""An API that accepts and says nothing: an impatient request ends after three seconds in all."""

import contextlib
import socket
import threading
import time

import pytest
import stripe

from stripe_integrations import client, conf, http_connections
from stripe_integrations.actions import StripeProduct
from stripe_integrations.mirror import fetch
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook
from tests.silent_server import MODES, SilentServer, taking
from tests.test_client import configure
from tests.waiting import waits

pytestmark = waits

PATH = "/v1/products/prod_1"


@pytest.mark.parametrize("mode", MODES)
def test_answer_that_does_not_come_ends_after_three_seconds(settings, mode):
    with SilentServer(mode) as server:
        configure(settings, API_BASE=server.url)
        with taking(4, at_least=2.5), pytest.raises(stripe.APIConnectionError):
            client.find_object(PATH)
    assert server.connections == 1


def test_tls_handshake_that_does_not_end_is_given_up_after_three_seconds(settings):
    with SilentServer() as server:
        configure(settings, API_BASE=f"https://{server.address}")
        with taking(4, at_least=2.5), pytest.raises(stripe.APIConnectionError):
            client.find_object(PATH)


@pytest.fixture
def full_port():
    """A port whose queue is full: a connection is neither accepted nor refused."""
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        for _ in range(4):
            waiting = stack.enter_context(socket.socket())
            waiting.setblocking(False)
            waiting.connect_ex(server.getsockname())
        yield server.getsockname()[1]


def test_host_with_several_silent_addresses_is_given_up_after_three_seconds(
    settings, monkeypatch, full_port
):
    resolve = socket.getaddrinfo

    def resolve_to_three(host, port, *args, **kwargs):
        found = resolve("127.0.0.1", port, *args, **kwargs)
        return found * 3 if host == "stripe.test" else found

    configure(settings, API_BASE=f"http://stripe.test:{full_port}")
    with monkeypatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", resolve_to_three)
        with taking(4, at_least=2.5), pytest.raises(stripe.APIConnectionError):
            client.find_object(PATH)


def test_pages_read_within_one_deadline_end_with_it(settings):
    with SilentServer("drips the body") as server:
        configure(settings, API_BASE=server.url)
        with taking(2, at_least=0.5), client.within(1), pytest.raises(stripe.APIConnectionError):
            list(client.pages("/v1/products", impatient=True))


def test_nothing_is_left_behind_after_silent_answers(settings):
    with SilentServer() as server:
        configure(settings, API_BASE=server.url)
        before = set(threading.enumerate())
        for _ in range(2):
            with client.within(0.2), pytest.raises(stripe.APIConnectionError):
                client.find_object(PATH)
        assert set(threading.enumerate()) - before <= set(server.threads)
    for _ in range(100):  # the server hears of it a moment later
        if server.closed == 2:
            break
        time.sleep(0.05)
    assert server.closed == server.connections == 2  # the client has closed both


def test_connection_that_is_made_too_late_is_closed(settings, monkeypatch):
    made, connect = [], http_connections.create_connection

    def connect_late(*args, **kwargs):
        made.append(connect(*args, **kwargs))
        time.sleep(0.2)
        return made[-1]

    monkeypatch.setattr(http_connections, "create_connection", connect_late)
    with SilentServer() as server:
        configure(settings, API_BASE=server.url)
        with client.within(0.1), pytest.raises(stripe.APIConnectionError):
            client.find_object(PATH)
    assert {each.fileno() for each in made} == {-1}


def test_answer_in_time_is_returned(stripe_api):
    stripe_api.create("products", {"id": "prod_1"})
    stripe_api.latency = 0.5
    for _ in range(2):  # the second one over the connection of the first
        assert client.find_object(PATH).data["id"] == "prod_1"


@pytest.mark.django_db
def test_object_and_the_pages_of_its_lists_are_read_within_one_deadline(stripe_api, monkeypatch):
    stripe_api.create("products", {"id": "prod_1"})
    monkeypatch.setattr(fetch, "completed", read_a_page)
    assert fetch.fetch(StripeProduct.kind, {"id": "prod_1"}, None).data["id"] == "prod_1"
    stripe_api.latency = 1.7
    with taking(4, at_least=2.5):
        assert fetch.fetch(StripeProduct.kind, {"id": "prod_1"}, None) is None


@pytest.mark.django_db(transaction=True)
def test_reads_for_all_classes_of_an_event_end_with_one_deadline(
    stripe_api, poster, deliver, own_registry
):
    def sync(*numbers):
        for number in numbers:
            StripeProduct.sync(objects.product(f"prod_{number}", name="other"))

    class First(BaseWebhook):
        name = "price"

        def process_webhook(self):
            sync(0, 1)

    class Second(BaseWebhook):
        name = "price.created"

        def process_webhook(self):
            sync(2, 3)

    for number in range(4):
        stripe_api.create("products", {"id": f"prod_{number}", "name": "At Stripe"})
        deliver(objects.event("product.created", objects.product(f"prod_{number}")))
    stripe_api.requests.clear()
    stripe_api.latency = 2.0
    with taking(5, at_least=2):
        assert poster.event(objects.event("price.created", objects.price("price_1"))) == 200
    assert len(stripe_api.requests) == 2
    rows = conf.model("Product").objects.order_by("pk")
    assert list(rows.values_list("name", "in_doubt")) == [
        ("At Stripe", False),
        ("other", True),
        ("other", True),
        ("other", True),
    ]


@pytest.mark.django_db(transaction=True)
def test_reads_of_the_next_event_have_a_deadline_of_their_own(stripe_api, deliver, settings):
    settings.STRIPE_INTEGRATIONS = {
        **settings.STRIPE_INTEGRATIONS,
        "SYNC_POLICY": {"*": "fetch"},
    }
    stripe_api.create("products", {"id": "prod_1", "name": "At Stripe"})
    stripe_api.latency = 1.8
    for _ in range(2):
        deliver(objects.event("product.updated", objects.product("prod_1")))
        assert not conf.model("Product").objects.get().in_doubt


def read_a_page(kind, data, account, *, impatient=False):
    """What is done with the items of a subscription that go on."""
    list(client.pages("/v1/products", impatient=impatient))
    return data
