"""What the route answers to what is not an event of Stripe's."""

import json
import socket
import time

import pytest

from stripe_integrations import conf
from stripe_integrations.testing import objects, sign
from tests.conftest import SECRET

pytestmark = pytest.mark.django_db(transaction=True)

BODY = objects.body(objects.event("product.created", objects.product(), id="evt_1"))


def stored():
    return conf.model("Event").objects.count()


def nothing_changed():
    return not stored() and not conf.model("Product").objects.exists()


class TestSignature:
    def test_missing_header_is_refused(self, poster):
        assert poster.send(BODY)[0] == 400
        assert nothing_changed()

    @pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
    def test_other_methods_are_refused(self, poster, method):
        assert poster.send(BODY, sign(BODY, SECRET), method)[0] == 405
        assert nothing_changed()

    @pytest.mark.parametrize(
        "header",
        [
            pytest.param("", id="empty"),
            pytest.param("t=,v1=", id="blank"),
            pytest.param("nonsense", id="words"),
            pytest.param("t=1,v0=aa", id="no v1"),
            pytest.param(b"t=1,v1=\xe9\xff", id="not ASCII"),
            pytest.param("t=99999999999999999999999,v1=aa", id="endless time"),
            pytest.param("t=nan,v1=aa", id="time is no number"),
            pytest.param("t=-1,v1=aa", id="negative time"),
            pytest.param("t=1,t=2,v1=aa", id="two times"),
            pytest.param("t=1," + ",".join(["v1=" + "a" * 64] * 200), id="endless header"),
        ],
    )
    def test_malformed_header_is_refused(self, poster, header):
        assert poster.send(BODY, {"Stripe-Signature": header})[0] == 400
        assert nothing_changed()

    def test_wrong_secret_is_refused(self, poster):
        assert poster.signed(BODY, "whsec_other") == 400
        assert nothing_changed()

    @pytest.mark.parametrize("offset", [-301, -10_000, 302, 10_000])
    def test_old_or_future_timestamp_is_refused(self, poster, offset):
        assert poster.signed(BODY, timestamp=int(time.time()) + offset) == 400
        assert nothing_changed()

    @pytest.mark.parametrize("offset", [-290, 0, 290])
    def test_timestamp_within_the_tolerance_is_accepted(self, poster, offset):
        assert poster.signed(BODY, timestamp=int(time.time()) + offset) == 200

    def test_altered_body_is_refused(self, poster):
        headers = sign(BODY, SECRET)
        assert poster.send(BODY.replace(b"Gold", b"Lead"), headers)[0] == 400
        assert nothing_changed()

    def test_signature_of_another_scheme_is_ignored(self, poster):
        header = sign(BODY, SECRET)["Stripe-Signature"].replace("v1=", "v0=")
        assert poster.send(BODY, {"Stripe-Signature": header})[0] == 400

    def test_one_of_several_signatures_is_enough(self, poster):
        header = sign(BODY, SECRET)["Stripe-Signature"] + ",v1=" + "a" * 64
        assert poster.send(BODY, {"Stripe-Signature": header})[0] == 200

    @pytest.mark.parametrize("secret", ["", " ", None, [], ["", None]])
    def test_blank_secret_signs_nothing(self, poster, settings, secret):
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "WEBHOOK_SECRET": secret}
        assert poster.signed(BODY, "") == 400
        assert poster.signed(BODY, " ") == 400
        assert nothing_changed()

    def test_each_of_several_secrets_is_accepted(self, poster, settings):
        secrets = ["whsec_a", "whsec_b"]
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "WEBHOOK_SECRET": secrets}
        first = objects.event("product.created", objects.product("prod_a"))
        second = objects.event("product.created", objects.product("prod_b"))
        assert poster.signed(objects.body(first), "whsec_a") == 200
        assert poster.signed(objects.body(second), "whsec_b") == 200
        assert poster.signed(BODY, SECRET) == 400
        assert stored() == 2

    def test_reason_is_logged_and_not_told(self, poster, caplog):
        headers = sign(BODY, "whsec_other")
        assert poster.send(BODY, headers) == (400, b'{"received":false}')
        assert "no_match: No secret gives this signature" in caplog.text
        assert SECRET not in caplog.text


class TestBody:
    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            pytest.param(b"", "not JSON", id="empty"),
            pytest.param(b"no json", "not JSON", id="not JSON"),
            pytest.param(b'{"id": "evt_\xff"}', "not UTF-8", id="not UTF-8"),
            pytest.param(b"\xef\xbb\xbf{}", "not JSON", id="byte order mark"),
            pytest.param(b"[]", "is not a JSON object", id="list"),
            pytest.param(b"null", "is not a JSON object", id="null"),
            pytest.param(b"{}", "no id", id="no id"),
            pytest.param(b'{"id": "evt_1"}', "no type", id="no type"),
            pytest.param(b'{"id": 1, "type": "a"}', "no id", id="id is a number"),
            pytest.param(b'{"id": "", "type": "a"}', "no id", id="id is empty"),
            pytest.param(b'{"id": "evt_\\u0000", "type": "a"}', "no id", id="NUL in the id"),
            pytest.param(b'{"id": "evt_\\ud800", "type": "a"}', "no id", id="surrogate in the id"),
            pytest.param(b'{"id": "evt_1 ", "type": "a"}', "no id", id="blank at the end"),
            pytest.param(b'{"id": "evt_1", "type": ["a"]}', "no type", id="type is a list"),
            pytest.param(b'{"id": "evt_1", "type": "a"}', "created", id="no time"),
            pytest.param(b'{"id": "evt_1", "type": "a", "created": "x"}', "created", id="text"),
            pytest.param(
                b'{"id": "' + b"e" * 256 + b'", "type": "a"}', "no id", id="id of 256 characters"
            ),
            pytest.param(b'{"id": "evt_1", "type": "a", "n": NaN}', "NaN", id="NaN"),
            pytest.param(
                b'{"id": "evt_1", "type": "a", "n": -Infinity}', "Infinity", id="infinite"
            ),
            pytest.param(
                b'{"id": "evt_1", "type": "a", "n": ' + b"[" * 25 + b"]" * 25 + b"}",
                "25 levels",
                id="26 levels",
            ),
            pytest.param(b"[" * 10_000 + b"]" * 10_000, "levels", id="10,000 levels"),
            pytest.param(
                b'{"id": "evt_1", "n": ' + b'{"a":' * 10_000 + b"1" + b"}" * 10_001,
                "",
                id="10,000 levels of objects",
            ),
        ],
    )
    def test_signed_body_that_is_no_event_is_refused(self, poster, caplog, body, reason):
        assert poster.signed(body) == 400
        assert reason in caplog.text
        assert nothing_changed()

    def test_25_levels_are_stored(self, poster):
        body = b'{"id": "evt_1", "type": "a", "created": 1, "n": ' + b"[" * 24 + b"]" * 24 + b"}"
        assert poster.signed(body) == 200
        assert stored() == 1

    def test_id_of_255_characters_is_stored(self, poster):
        assert poster.event({"id": "e" * 255, "type": "a", "created": 1}) == 200
        assert stored() == 1

    def test_too_large_is_refused_before_it_is_read(self, poster):
        with socket.create_connection(poster.address.split(":"), timeout=10) as connection:
            connection.sendall(
                b"POST /stripe/webhook HTTP/1.1\r\nHost: localhost\r\n"
                b"Stripe-Signature: t=1,v1=a\r\nContent-Length: 1048577\r\n\r\n"
            )
            # Not a byte of the body was sent, and there is an answer.
            assert connection.recv(4096).startswith(b"HTTP/1.1 413")

    @pytest.mark.parametrize("length", ["9" * 30, "9" * 5000])
    def test_absurd_length_is_refused(self, poster, length):
        headers = {"Content-Length": length, "Stripe-Signature": "t=1,v1=a"}
        assert poster.send(None, headers)[0] in (400, 413)
        assert nothing_changed()

    def test_body_as_large_as_allowed_is_accepted(self, poster):
        message = objects.event("product.created", objects.product(description=""))
        missing = 1024 * 1024 - len(json.dumps(message))
        message["data"]["object"]["description"] = "x" * missing
        assert len(json.dumps(message)) == 1024 * 1024
        assert poster.event(message) == 200
        message["data"]["object"]["description"] += "x"
        assert poster.event(message) == 413

    def test_content_type_does_not_matter(self, poster):
        for number, content_type in enumerate(
            ["multipart/form-data; boundary=x", "application/x-www-form-urlencoded", "text/plain"]
        ):
            body = objects.body(objects.event("product.created", objects.product(f"prod_{number}")))
            assert poster.signed(body, **{"Content-Type": content_type}) == 200
        assert stored() == 3


@pytest.mark.parametrize(
    "path", ["/stripe/webhook?format=xml", "/stripe/webhook.api", "/slashed/stripe/webhook/"]
)
def test_other_spellings_of_the_route_are_accepted(poster, path):
    assert poster.send(BODY, sign(BODY, SECRET), path=path)[0] == 200
    assert stored() == 1
