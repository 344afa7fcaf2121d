"""Calls to a Stripe behind a real port: what is sent, what comes back, what goes wrong."""

import socket
import threading
import time
import traceback
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stripe

from stripe_integrations import client
from stripe_integrations.testing import FakeStripe

SECRET = "sk_test_51Geheimnis"


@pytest.fixture(scope="module")
def running():
    with FakeStripe() as fake:
        yield fake


@pytest.fixture
def api(running, settings):
    running.reset()
    configure(settings, API_BASE=running.url)
    return running


def configure(settings, **values):
    settings.STRIPE_INTEGRATIONS = {"API_KEY": SECRET, **values}


def told(error):
    """Return all that a log may show of an error."""
    shown = "".join(traceback.format_exception(error.value))
    return f"{shown} {error.value!r} {vars(error.value)}"


class TestRequest:
    def test_plain_dicts_come_back(self, api):
        api.create("products", {"id": "prod_1", "metadata": {"a": "1"}})
        data = client.request("get", "/v1/products/prod_1").data
        assert (type(data), type(data["metadata"])) == (dict, dict)
        assert data == api.objects["products"]["prod_1"]

    def test_nested_parameters_arrive_as_sent(self, api):
        params = {"name": "a&b=c ü", "metadata": {"k[1]": "v", "n": "7"}, "images": ["u", "v"]}
        client.request("post", "/v1/products", params)
        sent = api.requests[-1]
        assert (sent.method, sent.path) == ("POST", "/v1/products")
        assert sent.params["name"] == "a&b=c ü"
        assert sent.params["images"] == ["u", "v"]
        assert sent.params["metadata"]["n"] == "7"

    def test_account_and_idempotency_key_are_sent(self, api):
        for _ in range(2):
            answer = client.request(
                "post", "/v1/products", {"name": "a"}, account="acct_1", idempotency_key="k"
            )
        assert {(sent.account, sent.idempotency_key) for sent in api.requests} == {("acct_1", "k")}
        with api.acting_for("acct_1") as held:
            assert list(held.objects["products"]) == [answer.data["id"]]

    def test_without_an_account_none_is_sent(self, api):
        client.request("get", "/v1/products")
        assert api.requests[-1].account is None

    def test_the_version_is_the_sdks_or_the_settings(self, api, settings):
        client.request("get", "/v1/products")
        configure(settings, API_BASE=api.url, API_VERSION="2024-06-20")
        client.request("get", "/v1/products")
        assert [sent.version for sent in api.requests] == [stripe.api_version, "2024-06-20"]

    def test_settings_are_read_at_each_call(self, api, settings):
        client.request("get", "/v1/products")
        configure(settings, API_BASE=api.url, API_KEY="sk_test_wrong")
        with pytest.raises(stripe.AuthenticationError):
            client.request("get", "/v1/products")
        configure(settings, API_BASE=api.url)
        assert client.request("get", "/v1/products").data["data"] == []

    @pytest.mark.parametrize("offset", [0, 5000, -5000])
    def test_the_times_are_stripes(self, api, offset):
        api.offset = offset
        before = time.time() + offset
        answer = client.request("get", "/v1/products")
        after = time.time() + offset
        assert before - 3 < answer.fetched_at <= before
        # The answer was made between the two: a second may have begun since.
        assert before <= answer.as_of < after + 3


class TestPages:
    def test_newest_first_to_the_end(self, api):
        for number in range(201):
            api.create("coupons", {"id": f"c{number}"})
        pages = [page.data["data"] for page in client.pages("/v1/coupons")]
        assert [len(page) for page in pages] == [100, 100, 1]
        ids = [each["id"] for page in pages for each in page]
        assert ids == [f"c{number}" for number in reversed(range(201))]

    def test_an_empty_list_is_one_page(self, api):
        assert [page.data["data"] for page in client.pages("/v1/coupons")] == [[]]

    def test_a_full_page_is_not_followed_by_an_empty_one(self, api):
        for number in range(100):
            api.create("coupons", {"id": f"c{number}"})
        assert len(list(client.pages("/v1/coupons"))) == len(api.requests) == 1

    def test_parameters_and_account_go_along_on_each_page(self, api):
        with api.acting_for("a_1"):
            for number in range(3):
                api.create("customers", {"email": "a@example.com" if number else "b@example.com"})
        found = client.pages("/v1/customers", {"email": "a@example.com", "limit": 1}, account="a_1")
        assert [page.data["data"][0]["email"] for page in found] == ["a@example.com"] * 2
        assert {(sent.params["email"], sent.account) for sent in api.requests} == {
            ("a@example.com", "a_1")
        }


class TestPath:
    @pytest.mark.parametrize(
        ("parts", "path"),
        [
            (("coupons",), "/v1/coupons"),
            (("coupons", "50 % OFF/now"), "/v1/coupons/50%20%25%20OFF%2Fnow"),
            (("customers", "cus_1", "sources", "../x"), "/v1/customers/cus_1/sources/..%2Fx"),
            (("products", "a?b#c&d=ü"), "/v1/products/a%3Fb%23c%26d%3D%C3%BC"),
        ],
    )
    def test_each_part_is_quoted(self, parts, path):
        assert client.resource_path(*parts) == path

    @pytest.mark.parametrize("part", [".", ".."])
    def test_dots_are_no_ids(self, part):
        with pytest.raises(ValueError, match="no ids"):
            client.resource_path("products", part)


class TestErrors:
    @pytest.mark.parametrize("key", [None, ""])
    def test_without_a_key_nothing_is_sent(self, api, settings, key):
        configure(settings, API_BASE=api.url, API_KEY=key)
        with pytest.raises(stripe.AuthenticationError, match="API_KEY"):
            client.request("get", "/v1/products")
        assert api.requests == []

    @pytest.mark.parametrize(
        ("status", "error_class"),
        [
            (400, stripe.InvalidRequestError),
            (401, stripe.AuthenticationError),
            (403, stripe.PermissionError),
            (404, stripe.InvalidRequestError),
            (429, stripe.RateLimitError),
            (503, stripe.APIError),
        ],
    )
    def test_stripes_errors_come_through_as_they_are(self, api, status, error_class):
        api.fail_with(status)
        with pytest.raises(stripe.StripeError, match="told to fail") as error:
            client.request("get", "/v1/products")
        assert type(error.value) is error_class
        assert error.value.http_status == status
        assert SECRET not in told(error)

    def test_another_request_under_the_same_idempotency_key_raises(self, api):
        client.request("post", "/v1/products", {"name": "a"}, idempotency_key="k")
        with pytest.raises(stripe.IdempotencyError):
            client.request("post", "/v1/products", {"name": "b"}, idempotency_key="k")
        assert len(api.objects["products"]) == 1

    def test_wrong_key_raises_without_showing_it(self, api, settings):
        configure(settings, API_BASE=api.url, API_KEY=f"{SECRET}_wrong")
        with pytest.raises(stripe.AuthenticationError, match="Invalid API Key") as error:
            client.request("get", "/v1/products")
        assert SECRET not in told(error)

    def test_connection_that_is_closed_without_an_answer(self, api):
        api.down()
        with pytest.raises(stripe.APIConnectionError) as error:
            client.request("get", "/v1/products")
        assert SECRET not in told(error)

    def test_refused_connection_raises_without_showing_the_key(self, settings):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            configure(settings, API_BASE=f"http://127.0.0.1:{free.getsockname()[1]}")
            with pytest.raises(stripe.APIConnectionError) as error:
                client.request("get", "/v1/products")
        assert SECRET not in told(error)

    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_key_that_was_read_from_a_file_with_its_line_end(self, api, settings, end):
        # The SDK refuses such a header with an error that shows the whole key.
        configure(settings, API_BASE=api.url, API_KEY=SECRET + end)
        assert client.request("get", "/v1/products").data["data"] == []

    def test_answer_without_a_date_raises(self, api):
        api.sends_date = False
        with pytest.raises(stripe.APIError, match="Date"):
            client.request("get", "/v1/products")


@pytest.fixture
def answering(settings):
    """Return a function that lets a server at API_BASE answer every request with a body."""
    servers = []

    def answer(body, status=200):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        configure(settings, API_BASE=f"http://127.0.0.1:{server.server_port}")

    yield answer
    for each in servers:
        each.shutdown()
        each.server_close()


class TestBodies:
    @pytest.mark.parametrize(
        "body",
        [b"<html>Shop</html>", b"", b"\xff", b'["Shop"]', b"null", b'{"id": "Shop', b"[" * 100_000],
    )
    def test_what_is_no_object_is_not_shown(self, answering, body):
        answering(body)
        with pytest.raises(stripe.APIError, match="look at what is at API_BASE") as error:
            client.request("get", "/v1/products")
        assert "Shop" not in "".join(map(str, error.value.args))

    @pytest.mark.parametrize("status", [301, 404, 503])
    def test_page_with_another_status_is_not_shown(self, answering, status):
        answering(b"<html>Shop</html>", status)
        with pytest.raises(stripe.APIError, match="look at what is at API_BASE") as error:
            client.request("get", "/v1/products")
        assert error.value.http_status == status
        assert "Shop" not in told(error)

    @pytest.mark.parametrize(
        ("value", "has_fractions"),
        [(b"12", False), (b'"1.5"', False), (b"12.5", True), (b"1e400", True), (b"NaN", True)],
    )
    def test_answer_tells_whether_it_has_fractions(self, answering, value, has_fractions):
        body = b'{"object": "list", "data": [{"id": "a", "percent_off": %s}]}' % value
        answering(body)
        answer = client.read_list("/v1/coupons", {})
        assert answer.has_fractions is has_fractions
        assert answer.text.encode() == body


class TestGet:
    """The SDK's own client, for calls that have no verb here."""

    def test_configured_client_calls_with_the_settings(self, api, settings):
        configure(settings, API_BASE=api.url, API_VERSION="2025-03-31.basil")
        api.create("products", {"id": "prod_1", "name": "Gold"})
        found = client.get().v1.products.retrieve("prod_1")
        assert (type(found), found.name) == (stripe.Product, "Gold")
        sent = api.requests[-1]
        assert (sent.api_key, sent.version) == (SECRET, "2025-03-31.basil")
        assert stripe.app_info["name"] == "stripe_integrations"

    def test_account_of_a_call_is_passed_on(self, api):
        options = {"stripe_account": "acct_1"}
        client.get().v1.products.create({"name": "Gold"}, options=options)
        assert api.requests[-1].account == "acct_1"

    def test_key_that_is_changed_is_the_next_calls(self, api, settings):
        sdk = client.get()
        configure(settings, API_BASE=api.url, API_KEY="sk_test_other")
        sdk.v1.products.list()
        assert api.requests[-1].api_key == "sk_test_other"

    def test_without_a_key_says_what_to_set(self, settings):
        configure(settings, API_KEY=None)
        with pytest.raises(stripe.AuthenticationError, match="set STRIPE_INTEGRATIONS"):
            client.get()

    def test_key_is_in_no_variable_and_no_error(self, api):
        sdk = client.get()
        api.fail_with(401)
        with pytest.raises(stripe.AuthenticationError) as error:
            sdk.v1.products.list()
        assert SECRET not in told(error)
        frames = [frame for frame, _ in traceback.walk_tb(error.tb)]
        assert not [frame for frame in frames if SECRET in repr(frame.f_locals)]
        assert SECRET not in repr(vars(sdk._requestor)) + repr(vars(sdk._requestor._options))
