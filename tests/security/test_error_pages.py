"""Django's error page with DEBUG shows the variables of each frame: the API key is in none."""

import logging
import secrets
import socket
import sys

import pytest
import stripe
from django.test import RequestFactory
from django.views.debug import technical_500_response

from stripe_integrations import client, http_connections
from stripe_integrations.masking import HiddenText
from tests.silent_server import SilentServer

PARTS = ("sk_test_", secrets.token_hex(8), secrets.token_hex(8))
#: What nobody may see; not written out here, since the page shows the source, too.
UNSEEN = PARTS[1:]


@pytest.fixture
def api(stripe_api, settings):
    settings.DEBUG = True
    configure(settings, stripe_api.url)
    return stripe_api


def configure(settings, base):
    settings.STRIPE_INTEGRATIONS = {"API_KEY": "".join(PARTS), "API_BASE": base}


def view(request, **options):
    """What a project's own view does."""
    return client.request("get", "/v1/products/prod_1", **options)


def pages(request_class=stripe.StripeError, **options):
    """Return the error pages of the view, for a browser and as text."""
    found = []
    for accept in ("text/html", "text/plain"):
        request = RequestFactory().get("/", headers={"Accept": accept})
        try:
            view(request, **options)
        except request_class:
            found.append(technical_500_response(request, *sys.exc_info()).content.decode())
    assert len(found) == 2
    assert "raw_request" in found[0]  # a frame of the SDK
    return found


def assert_unseen(shown):
    for page in shown:
        for part in UNSEEN:
            assert part not in page


@pytest.mark.parametrize("impatient", [False, True])
class TestErrorPage:
    def test_of_a_refused_connection_does_not_show_the_key(self, api, settings, impatient):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            configure(settings, f"http://127.0.0.1:{free.getsockname()[1]}")
            assert_unseen(pages(stripe.APIConnectionError, impatient=impatient))

    def test_of_a_connection_closed_without_an_answer_does_not_show_the_key(self, api, impatient):
        api.down()
        assert_unseen(pages(stripe.APIConnectionError, impatient=impatient))

    def test_of_a_failed_tls_handshake_does_not_show_the_key(self, api, settings, impatient):
        configure(settings, api.url.replace("http:", "https:"))
        assert_unseen(pages(stripe.APIConnectionError, impatient=impatient))

    @pytest.mark.parametrize("status", [401, 404, 429, 500])
    def test_of_an_error_answer_does_not_show_the_key(self, api, impatient, status):
        api.fail_with(status)
        assert_unseen(pages(impatient=impatient))

    def test_of_a_failed_send_does_not_show_the_key(self, api, impatient, monkeypatch):
        def fail(self, data, *args):
            raise ConnectionResetError("told to fail")

        monkeypatch.setattr(socket.socket, "sendall", fail, raising=False)
        assert_unseen(pages(stripe.APIConnectionError, impatient=impatient))


def test_error_page_of_a_silent_api_does_not_show_the_key(api, settings):
    with SilentServer() as server, client.within(0.4):
        configure(settings, server.url)
        assert_unseen(pages(stripe.APIConnectionError, impatient=True))


@pytest.mark.django_db(transaction=True)
def test_error_page_with_a_key_of_the_call_does_not_show_it(api):
    api.fail_with(500)
    key = HiddenText("sk_test_" + "".join(reversed(PARTS)))
    assert_unseen(pages(api_key=key))


@pytest.fixture
def authorizations(api, monkeypatch):
    """What requests had as their Authorization header when they arrived."""
    api.create("products", {"id": "prod_1"})
    handle, found = api.handle, []

    def handle_and_note(*args):
        found.append(args[-1]["Authorization"])
        return handle(*args)

    monkeypatch.setattr(api, "handle", handle_and_note)
    return found


OURS = "Bearer " + "".join(PARTS)


def test_key_of_the_call_is_sent_in_place_of_the_settings(authorizations):
    for key in (None, "sk_test_of_the_call", None):
        view(None, api_key=key)
    assert authorizations == [OURS, "Bearer sk_test_of_the_call", OURS]


def test_body_that_holds_the_placeholder_is_sent_as_it_is(api, authorizations):
    text = http_connections.PLACEHOLDER_LINE.decode()
    client.request("post", "/v1/products/prod_1", {"name": text})
    assert authorizations == [OURS]
    assert api.requests[-1].params["name"] == text


def test_key_is_sent_through_a_proxy(api, authorizations, settings, monkeypatch):
    monkeypatch.setenv("http_proxy", api.url)
    configure(settings, "http://stripe.test")
    view(None)
    view(None, impatient=True)
    assert authorizations == [OURS] * 2


def test_socks_proxy_is_an_error_that_says_what_to_do(api, settings, monkeypatch):
    monkeypatch.setenv("http_proxy", "socks5://127.0.0.1:9")
    configure(settings, "http://stripe.test")
    with pytest.raises(stripe.APIConnectionError, match="name an HTTP proxy"):
        view(None)


def test_log_of_the_sdk_at_debug_does_not_show_the_key(api, caplog):
    caplog.set_level(logging.DEBUG)
    api.create("products", {"id": "prod_1"})
    client.request("post", "/v1/products/prod_1", {"name": "Gold"})
    with pytest.raises(stripe.InvalidRequestError):
        client.request("get", "/v1/products/prod_none")
    assert "Request to Stripe api" in caplog.text
    assert_unseen([caplog.text])
