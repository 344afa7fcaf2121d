"""Requests that are not to be believed, at both routes: a bare 400, and the reason for us."""

import gzip
import json
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from stripe_integrations import conf
from stripe_integrations.testing import objects, sign
from tests import conftest, endpoints
from tests.security.conftest import BODY, counted, nothing_changed, reasons

pytestmark = pytest.mark.django_db(transaction=True)

SECRETS = (conftest.SECRET, endpoints.SECRET, "whsec_of_another", "sk_test_123")


@pytest.fixture(autouse=True)
def no_secret_is_told(caplog):
    """Whatever a test does, no secret is in a log or in a row of a request."""
    yield
    kept = [str(row.__dict__) for row in endpoints.triggers()]
    for secret in SECRETS:
        assert secret not in caplog.text
        assert not [row for row in kept if secret in row]


def signature(secret, timestamp=None, body=BODY):
    return sign(body, secret, timestamp)["Stripe-Signature"]


def now():
    return int(time.time())


class TestRefused:
    """Each row: what is sent, given the right secret -> the reason."""

    @pytest.mark.parametrize(
        ("header", "body", "reason"),
        [
            pytest.param(lambda s: signature("whsec_forged"), BODY, "no_match", id="forged"),
            pytest.param(lambda s: signature(s), BODY + b" ", "no_match", id="altered"),
            pytest.param(lambda s: signature(s), BODY[:-1], "no_match", id="cut off"),
            pytest.param(lambda s: signature(s, now() - 301), BODY, "too_old", id="stale"),
            pytest.param(lambda s: signature(s, 1), BODY, "too_old", id="from 1970"),
            pytest.param(lambda s: signature(s, now() + 302), BODY, "future", id="future"),
            pytest.param(
                lambda s: signature(s, now() - 400).replace(f"t={now() - 400}", f"t={now()}"),
                BODY,
                "no_match",
                id="stale, with another time written in",
            ),
            pytest.param(
                lambda s: signature("whsec_of_another"), BODY, "no_match", id="another's secret"
            ),
            pytest.param(lambda s: signature(s).replace("v1=", "v0="), BODY, "no_v1", id="no v1"),
            pytest.param(lambda s: "t=1", BODY, "no_v1", id="a time only"),
            pytest.param(lambda s: signature(s).partition(",")[2], BODY, "malformed", id="no time"),
            pytest.param(lambda s: "nonsense", BODY, "malformed", id="words"),
            pytest.param(
                lambda s: signature(s) + ",v1=" + "a" * 5000, BODY, "malformed", id="huge header"
            ),
            pytest.param(lambda s: b"t=1,v1=\xe9", BODY, "malformed", id="not ASCII"),
            pytest.param(lambda s: signature(s, body=b""), b"", "payload", id="empty body, signed"),
            pytest.param(
                lambda s: signature(s, body=b"\xff"), b"\xff", "payload", id="not UTF-8, signed"
            ),
            pytest.param(
                lambda s: signature(s, body=b"[1]"), b"[1]", "payload", id="a list, signed"
            ),
            pytest.param(
                lambda s: signature(s, body=gzip.compress(BODY)),
                gzip.compress(BODY),
                "payload",
                id="gzip, signed as it is sent",
            ),
        ],
    )
    def test_refused_request_is_recorded_with_its_reason(self, route, header, body, reason, caplog):
        assert route.send(body, {"Stripe-Signature": header(route.secret)}) == 400
        assert nothing_changed()
        assert reasons() == [reason]
        key = route.row.pk if route.row else ""
        assert counted() == {(key, reason): 1}
        assert f"refused at {key or 'the settings'}" in caplog.text
        assert f"{reason}: " in caplog.text

    def test_request_without_a_header_is_counted_only(self, route):
        assert route.send() == 400
        assert nothing_changed()
        assert reasons() == []  # a row is for what may be Stripe's
        assert counted() == {(route.row.pk if route.row else "", "no_header"): 1}

    def test_gzip_with_the_signature_of_what_is_inside(self, route):
        headers = {"Stripe-Signature": signature(route.secret), "Content-Encoding": "gzip"}
        assert route.send(gzip.compress(BODY), headers) == 400
        assert nothing_changed()

    def test_chunked_body_is_refused(self, route):
        headers = {"Stripe-Signature": signature(route.secret), "Transfer-Encoding": "chunked"}
        chunks = iter([BODY[:10], BODY[10:]])
        assert route.send(chunks, headers, encode_chunked=True) == 400
        assert nothing_changed()

    @pytest.mark.parametrize("name", ["X-Long", "Cookie", "User-Agent"])
    def test_huge_headers_are_never_a_500(self, route, name):
        assert route.signed(**{name: "x" * 60_000}) in (200, 400, 431)
        assert route.signed(**{name: "x" * 70_000}) in (200, 400, 431)

    def test_many_headers_are_never_a_500(self, route):
        assert route.signed(**{f"X-{number}": "x" * 500 for number in range(90)}) in (200, 431)

    def test_body_that_is_too_large_is_refused(self, route):
        body = b"x" * (conf.get("MAX_BODY") + 1)
        assert route.send(body, {"Stripe-Signature": signature(route.secret, body=body)}) == 413
        assert nothing_changed()
        assert reasons() == ["too_large"]

    @pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
    def test_other_methods_are_refused(self, route, method):
        headers = {"Stripe-Signature": signature(route.secret)}
        assert route.send(BODY, headers, method=method) == 405
        assert nothing_changed()


class TestAccepted:
    @pytest.mark.parametrize(
        "content_type", ["text/plain", "multipart/form-data; boundary=x", "application/xml", ""]
    )
    def test_wrong_content_type_is_accepted(self, route, content_type):
        assert route.signed(**{"Content-Type": content_type}) == 200
        assert conf.model("Product").objects.count() == 1

    def test_replayed_request_is_accepted_and_takes_effect_once(self, route):
        """The same bytes with the same signature: Stripe may do that, so it is 200 and no more."""
        headers = sign(BODY, route.secret)
        assert [route.send(BODY, headers) for _ in range(3)] == [200] * 3
        assert conf.model("Event").objects.count() == 1
        assert conf.model("Product").objects.get().version == 1
        assert reasons() == ["", "", ""]

    def test_one_good_signature_of_several_is_enough(self, route):
        header = signature("whsec_of_another") + "," + signature(route.secret).partition(",")[2]
        assert route.send(BODY, {"Stripe-Signature": header}) == 200

    def test_event_says_which_secret(self, route):
        assert route.signed() == 200
        event = conf.model("Event").objects.get()
        expected = ("first", route.row) if route.row else ("WEBHOOK_SECRET[0]", None)
        assert (event.secret_name, event.webhook_endpoint) == expected


class TestEndpoints:
    """What only an endpoint can refuse."""

    def refused(self, route, reason, body=BODY, **signing):
        assert route.signed(body, **signing) == 400
        assert nothing_changed()
        assert reasons() == [reason]
        return True

    def test_secret_of_another_endpoint_is_refused(self, endpoint_route):
        endpoints.endpoint("we_2", secret="whsec_of_another")
        assert self.refused(endpoint_route, "no_match", secret="whsec_of_another")

    def test_secret_of_the_settings_is_refused(self, endpoint_route):
        assert self.refused(endpoint_route, "no_match", secret=conftest.SECRET)

    def test_secret_of_an_endpoint_is_refused_at_the_plain_route(self, endpoint_route):
        endpoint_route.path = "/stripe/webhook"
        assert self.refused(endpoint_route, "no_match")

    def test_expired_secret_is_refused(self, endpoint_route):
        endpoint_route.row.secrets.update(expires_at=timezone.now())
        assert self.refused(endpoint_route, "expired_secret")

    def test_expired_secret_of_somebody_who_does_not_know_it(self, endpoint_route):
        endpoint_route.row.secrets.update(expires_at=timezone.now())
        assert self.refused(endpoint_route, "no_match", secret="whsec_forged")

    def test_secret_that_expires_later_is_accepted(self, endpoint_route):
        endpoint_route.row.secrets.update(expires_at=timezone.now() + timedelta(minutes=1))
        assert endpoint_route.signed() == 200

    def test_each_of_several_secrets_is_accepted(self, endpoint_route):
        endpoint_route.row.secrets.create(name="second", value="whsec_of_another")
        for number, secret in enumerate((endpoints.SECRET, "whsec_of_another")):
            body = objects.body(objects.event("product.created", objects.product(f"p{number}")))
            assert endpoint_route.signed(body, secret=secret) == 200
        names = conf.model("Event").objects.order_by("object_id").values_list("secret_name")
        assert list(names) == [("first",), ("second",)]

    @pytest.mark.parametrize("values", [{"status": "disabled"}, {"deleted_at": timezone.now()}])
    def test_disabled_endpoint_refuses(self, endpoint_route, values):
        type(endpoint_route.row).objects.update(**values)
        assert self.refused(endpoint_route, "disabled_endpoint")

    def test_endpoint_without_a_secret_refuses(self, endpoint_route):
        endpoint_route.row.secrets.all().delete()
        assert self.refused(endpoint_route, "no_secret")

    @pytest.mark.parametrize(
        "unknown",
        [
            "00000000-0000-4000-8000-000000000000",
            "x",
            "%00",
            "%E2%82%AC",
            "we_1",
            "0" * 32,
            "a" * 900,
        ],
    )
    def test_unknown_uuid_is_refused(self, endpoint_route, unknown):
        endpoint_route.path = f"/stripe/webhook/{unknown}"
        assert self.refused(endpoint_route, "unknown_endpoint")
        assert counted() == {("unknown", "unknown_endpoint"): 1}

    @pytest.mark.parametrize("spelling", [str.upper, lambda uuid: uuid.replace("-", "")])
    def test_other_spellings_of_the_uuid_are_accepted(self, endpoint_route, spelling):
        endpoint_route.path = f"/stripe/webhook/{spelling(str(endpoint_route.row.uuid))}"
        assert endpoint_route.signed() == 200

    def test_request_without_a_header_at_an_unknown_uuid_is_counted_only(self, endpoint_route):
        endpoint_route.path = "/stripe/webhook/x"
        assert endpoint_route.send() == 400
        assert counted() == {("unknown", "no_header"): 1}
        assert reasons() == []

    def test_endpoint_without_a_secret_beside_a_disabled_one_refuses(self, endpoint_route):
        row = endpoint_route.row
        endpoints.endpoint("we_2", uuid=row.uuid, secret=None)
        type(row).objects.filter(pk="we_1").update(status="disabled")
        assert self.refused(endpoint_route, "no_match", secret="whsec_of_another")
        row.secrets.all().delete()
        assert endpoint_route.signed(secret="whsec_of_another") == 400
        assert reasons()[-1] == "no_secret"

    @pytest.mark.parametrize("order", [1, -1])
    def test_secret_shared_with_a_disabled_endpoint_is_accepted(self, endpoint_route, order):
        first, second = [{"status": "disabled"}, {"status": "enabled"}][::order]
        type(endpoint_route.row).objects.update(**first)
        endpoints.endpoint("we_2", uuid=endpoint_route.row.uuid, **second)
        assert endpoint_route.signed() == 200

    def test_blanks_around_a_secret_are_ignored(self, endpoint_route):
        endpoint_route.row.secrets.update(value=f" {endpoints.SECRET}\n")
        assert endpoint_route.signed() == 200

    def test_slash_at_the_end(self, endpoint_route):
        endpoint_route.path = f"/slashed/stripe/webhook/{endpoint_route.row.uuid}/"
        assert endpoint_route.signed() == 200

    def test_endpoint_of_the_other_mode_refuses(self, endpoint_route):
        type(endpoint_route.row).objects.update(livemode=True)
        assert self.refused(endpoint_route, "wrong_mode")

    def test_tolerance_of_the_endpoint_is_used(self, endpoint_route):
        type(endpoint_route.row).objects.update(tolerance=10)
        assert self.refused(endpoint_route, "too_old", timestamp=now() - 20)
        assert endpoint_route.signed(timestamp=now() - 5) == 200

    def test_event_of_another_account_is_refused(self, endpoint_route):
        type(endpoint_route.row).objects.update(account="acct_1")
        message = objects.event("product.created", objects.product(), account="acct_2")
        assert self.refused(endpoint_route, "wrong_account", objects.body(message))

    def test_rows_of_others_are_not_its_accounts(self, endpoint_route, caplog):
        """Whoever knows the secret of one account's endpoint writes no other account's rows."""
        conf.model("Customer").objects.create(id="cus_1", email="ada@example.com", as_of=1)
        type(endpoint_route.row).objects.update(account="acct_1")
        for verb in ("updated", "created", "deleted"):
            data = objects.customer(email="forged@example.com")
            body = objects.body(objects.event(f"customer.{verb}", data))
            assert endpoint_route.signed(body) == 200
        row = conf.model("Customer").objects.get()
        assert (row.email, row.account, row.deleted_at) == ("ada@example.com", None, None)
        assert "cus_1 is of another account than its event" in caplog.text

    @pytest.mark.parametrize("told", [{}, {"account": "acct_1"}])
    def test_event_of_its_account_is_accepted(self, endpoint_route, told):
        type(endpoint_route.row).objects.update(account="acct_1")
        message = objects.event("product.created", objects.product("gold"), **told)
        assert endpoint_route.signed(objects.body(message)) == 200
        assert conf.model("Product").objects.get().pk == "acct_1/gold"
        assert endpoints.triggers().get().stripe_trigger_account == "acct_1"


class TestOtherMethods:
    def test_none_is_for_debug_only(self, endpoint_route, settings):
        type(endpoint_route.row).objects.update(validation_method="none")
        assert endpoint_route.signed(secret="whsec_forged") == 400
        assert reasons() == ["unsafe_method"]
        settings.DEBUG = True
        assert endpoint_route.signed(secret="whsec_forged") == 200

    def test_event_that_stripe_knows_is_accepted_as_stripe_has_it(self, endpoint_route, stripe_api):
        type(endpoint_route.row).objects.update(validation_method="retrieve_event")
        stripe_api.create("products", {"id": "prod_1", "name": "Gold"})
        message = next(iter(stripe_api.events.values()))
        forged = json.loads(json.dumps(message))
        forged["data"]["object"]["id"] = "prod_2"
        unknown = objects.event("product.created", objects.product("prod_3"))
        for body in map(objects.body, (forged, unknown)):
            assert endpoint_route.signed(body, secret="whsec_forged") == 400
        assert nothing_changed()
        assert reasons() == ["not_confirmed", "not_confirmed"]
        assert endpoint_route.signed(objects.body(message), secret="whsec_forged") == 200
        assert conf.model("Product").objects.get().name == "Gold"

    def test_event_of_its_account_is_retrieved_as_that_account(self, endpoint_route, stripe_api):
        type(endpoint_route.row).objects.update(
            validation_method="retrieve_event", account="acct_1"
        )
        with stripe_api.acting_for("acct_1"):
            stripe_api.create("products", {"id": "gold"})
            message = next(iter(stripe_api.events.values()))
        assert endpoint_route.signed(objects.body(message)) == 200
        assert conf.model("Product").objects.get().pk == "acct_1/gold"

    def test_id_of_an_event_that_is_stored(self, endpoint_route, stripe_api, failing):
        """To know an id is not to know the event: its failed classes do not run again."""
        type(endpoint_route.row).objects.update(validation_method="retrieve_event")
        stripe_api.create("products", {"id": "prod_1"})
        message = next(iter(stripe_api.events.values()))
        assert endpoint_route.signed(objects.body(message)) == 500
        failing.fails = False
        guess = objects.body({**message, "type": "x"})
        assert endpoint_route.signed(guess, secret="whsec_forged") == 400
        assert conf.model("Event").objects.get().status == "failed"
        assert endpoint_route.signed(objects.body(message)) == 200

    def test_lie_about_an_event_that_is_stored(self, endpoint_route, stripe_api):
        type(endpoint_route.row).objects.update(validation_method="retrieve_event")
        stripe_api.create("products", {"id": "prod_1", "name": "Gold"})
        message = next(iter(stripe_api.events.values()))
        assert endpoint_route.signed(objects.body(message)) == 200
        message["data"]["object"]["name"] = "Lead"
        assert endpoint_route.signed(objects.body(message)) == 200
        assert conf.model("Product").objects.get().name == "Gold"
        assert len(stripe_api.requests) == 1
