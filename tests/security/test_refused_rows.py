"""What a stranger leaves behind: so many rows a minute, each of a bounded size; the rest counted.

REFUSED sets how many requests a flood has.
"""

import json
import os
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.test import RequestFactory
from django.utils import timezone

from stripe_integrations import conf, signals
from stripe_integrations.exceptions import SignatureRefused
from stripe_integrations.inbox import audit, receive, request_details
from tests import endpoints
from tests.security.conftest import BODY, counted, nothing_changed, reasons, without_table

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = int(os.environ.get("REFUSED", "120"))
THREADS = 4


def configure(settings, **values):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, **values}


@pytest.fixture
def moment(monkeypatch):
    """The time at which each request of a test begins, so that no minute ends in it."""
    now = timezone.now()
    field = conf.model("WebhookEventTrigger")._meta.get_field("created")
    monkeypatch.setattr(field, "default", lambda: now)
    monkeypatch.setattr(field, "_get_default", lambda: now)
    return now


def flood(route, count):
    """Send refused requests from several threads; return what was answered."""
    answers = []

    def send():
        answers.extend(
            route.signed(BODY + b" " * number, secret="whsec_forged")
            for number in range(count // THREADS)
        )
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_flood_leaves_a_bounded_number_of_rows(route, settings, summary):
    configure(settings, REFUSED_PER_MINUTE=20)
    assert flood(route, REFUSED) == [400] * REFUSED
    counts = conf.model("RefusedCount").objects
    minutes = counts.values("minute").distinct().count()
    # One that is counted before it looks may see the others that are: they leave a row fewer.
    assert 20 - THREADS < len(reasons()) <= 20 * minutes
    assert counts.aggregate(total=Sum("count"))["total"] == REFUSED
    summary(f"{REFUSED} refused requests left {len(reasons())} rows in {minutes} minute(s)")
    assert route.signed() == 200  # an accepted one is kept whatever was refused
    assert reasons()[-1] == ""
    assert conf.model("Product").objects.count() == 1


def test_each_endpoint_has_its_own_limit(route, poster, settings):
    configure(settings, REFUSED_PER_MINUTE=1)
    for _ in range(2):
        assert route.signed(secret="whsec_forged") == 400
    other = endpoints.endpoint("we_other")
    assert poster.send(BODY, {"Stripe-Signature": "x"}, path=endpoints.path(other))[0] == 400
    assert reasons() in (["no_match", "malformed"], ["no_match", "no_match", "malformed"])


@pytest.mark.parametrize("kept", [0, 1])
@pytest.mark.usefixtures("moment")
def test_all_reasons_count_together(route, settings, kept):
    configure(settings, REFUSED_PER_MINUTE=kept)
    for header in ("x", "t=1", f"t=1,v1={'a' * 64}"):
        assert route.send(BODY, {"Stripe-Signature": header}) == 400
    assert reasons() == ["malformed"][:kept]
    assert {reason for _, reason in counted()} == {"malformed", "no_v1", "no_match"}


def test_minute_is_that_of_the_row(route, settings, monkeypatch, moment):
    """A request that takes its time is counted in the minute in which it began."""
    configure(settings, REFUSED_PER_MINUTE=1)
    assert route.signed(secret="whsec_forged") == 400
    monkeypatch.setattr(timezone, "now", lambda: moment + timedelta(minutes=1))
    assert route.signed(secret="whsec_forged", timestamp=int(time.time())) == 400
    assert endpoints.triggers().count() == 1


def test_what_has_no_signature_takes_nobodys_place(route, settings):
    configure(settings, REFUSED_PER_MINUTE=2)
    for _ in range(5):
        assert route.send() == 400
    assert route.signed(secret="whsec_forged") == 400
    assert reasons() == ["no_match"]


@pytest.mark.usefixtures("moment")
def test_logs_no_more_than_it_keeps(route, settings, caplog):
    configure(settings, REFUSED_PER_MINUTE=2)
    for _ in range(5):
        assert route.signed(secret="whsec_forged") == 400
    ours = [each for each in caplog.records if each.name == "stripe_integrations"]
    assert len(ours) == 2


def test_prune_between_count_and_sum_is_harmless(route, monkeypatch):
    """A prune of all counts may come between the count and the sum."""
    counts = conf.model("RefusedCount").objects
    raise_by_one = audit._raise_by_one

    def raise_and_prune(*args, **kwargs):
        raise_by_one(*args, **kwargs)
        counts.all().delete()

    monkeypatch.setattr(audit, "_raise_by_one", raise_and_prune)
    assert route.signed(secret="whsec_forged") == 400


def size(row):
    """Return the bytes of a row's columns of text."""
    texts = [json.dumps(row.headers), row.refused_body, row.exception, row.traceback, row.reason]
    return sum(len(text.encode()) for text in texts)


def test_bodies_and_headers_are_cut(route):
    body = b'{"a": "' + b"x" * 500_000 + b'"}'
    headers = {f"X-{number}": "y" * 5000 for number in range(40)}
    headers |= {name: "y" * 5000 for name in request_details.KEPT if name[0] in "UVX"}
    assert route.send(body, {**headers, "Stripe-Signature": "t=1,v1=aa"}) == 400
    row = endpoints.triggers().get()
    assert row.refused_body == body.decode()[:2000]
    assert row.headers["Stripe-Signature"] == "t=1,v1=aa"
    assert set(row.headers) <= set(request_details.KEPT)
    assert size(row) < 4000


@pytest.mark.parametrize("byte", [b"\0", b"\xff", "é".encode(), "🙂".encode(), b'"', b"\\"])
def test_row_of_any_bytes_stays_below_six_thousand_bytes(route, byte):
    worst = (byte * 1000)[:5000].replace(b"\0", b"\x01")
    headers = {name: worst for name in request_details.KEPT if name[0] in "UVX"}
    assert route.send(byte * 20_000, {**headers, "Stripe-Signature": worst}) == 400
    row = endpoints.triggers().get()
    assert row.headers["User-Agent"]
    assert len(row.refused_body.encode()) <= 2000
    assert size(row) < 6000


@pytest.mark.parametrize("body", [b"\0\xff\xed\xa0\x80", "€🙂".encode() * 3000, b"\\ud800"])
def test_body_that_no_database_takes_is_kept_as_text(route, body):
    assert route.send(body, {"Stripe-Signature": "t=1,v1=aa"}) == 400
    row = endpoints.triggers().get()
    expected = body[:2000].decode("utf-8", "replace").replace("\0", "\ufffd").encode()[:2000]
    assert row.refused_body == expected.decode("utf-8", "ignore")


def test_headers_that_are_not_named_are_not_kept(route):
    private = dict.fromkeys(
        ("Authorization", "Cookie", "X-Api-Key", "CF-Access-Client-Secret"), "of-private-things"
    )
    assert route.signed(**private, **{"X-Client-Cert": "of-private-things"}) == 200
    row = endpoints.triggers().get()
    assert "of-private-things" not in str(row.headers)
    assert row.headers["Content-Type"] == "application/json"


def test_headers_of_a_request_without_a_row_are_not_built(route, settings, monkeypatch):
    built = []
    monkeypatch.setattr(request_details, "_plain", lambda value: built.append(value) or value)
    configure(settings, RECORD_TRIGGERS="refused", REFUSED_PER_MINUTE=0)
    assert route.signed() == 200
    assert route.signed(secret="whsec_forged") == 400
    assert built == []
    configure(settings, RECORD_TRIGGERS="refused", REFUSED_PER_MINUTE=60)
    assert route.signed(secret="whsec_forged") == 400
    assert built


def test_receiver_of_a_signal_sees_the_headers(route, settings):
    configure(settings, RECORD_TRIGGERS="none")
    seen = []

    def receiver(instance, **_given):
        seen.append(instance.headers["Content-Type"])

    signals.webhook_post_validate.connect(receiver)
    try:
        assert route.signed() == 200
    finally:
        signals.webhook_post_validate.disconnect(receiver)
    assert seen == ["application/json"]


class TestDays:
    """Floods of several days, in a time that goes by hand."""

    @pytest.fixture
    def clock(self):
        class Clock:
            now = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)

            def go(self, **by):
                self.now += timedelta(**by)

        return Clock()

    def flood(self, clock, minutes, each=4):
        """Refuse so many requests in each of these minutes, as large as they can be."""
        large = dict.fromkeys(request_details.KEPT, '"' * 5000)
        request = RequestFactory().post(
            "/", "é".encode() * 5000, "application/json", headers={**large, "Host": "testserver"}
        )
        request.META["CONTENT_LENGTH"] = "10000"
        for minute in range(minutes * each):
            trigger = receive.unsaved_trigger(request)
            trigger.created, trigger.refused_body = clock.now, "é" * 5000
            reason = ("no_match", "malformed", "no_v1", "too_old")[minute % 4]
            refusal = SignatureRefused("x" * 300, code=reason)
            audit.keep_refusal(trigger, refusal, "")
            if minute % each == each - 1:
                clock.go(minutes=1)

    def test_day_of_flood_leaves_no_more_rows_than_the_setting(self, settings, clock):
        configure(settings, REFUSED_PER_DAY=50)
        self.flood(clock, 60)
        assert len(reasons()) == 50
        assert conf.model("RefusedCount").objects.aggregate(total=Sum("count"))["total"] == 240
        clock.go(hours=23)
        self.flood(clock, 1)
        assert len(reasons()) == 54

    def test_days_of_flood_stay_within_a_fixed_size(self, settings, clock, summary):
        configure(settings, REFUSED_PER_DAY=50)
        for _ in range(10):
            self.flood(clock, 13)
            clock.go(hours=23, minutes=47)
        rows = endpoints.triggers()
        assert rows.count() == 3 * 50
        largest = max(map(size, rows))
        assert largest < 6000
        counts = conf.model("RefusedCount").objects
        oldest = counts.order_by("minute").first().minute
        assert clock.now - oldest <= timedelta(days=audit.MAX_DAYS_OF_COUNTS + 1)
        of_default = 3 * conf.DEFAULTS["REFUSED_PER_DAY"] * largest
        assert of_default < 20_000_000
        summary(f"largest refused row: {largest} bytes; {of_default} in all by default")

    def test_surplus_is_deleted_a_few_at_a_time(self, settings, clock, monkeypatch):
        monkeypatch.setattr(audit, "MAX_DELETED", 5)
        configure(settings, REFUSED_PER_DAY=20)
        self.flood(clock, 5)
        configure(settings, REFUSED_PER_DAY=2)
        clock.go(days=1)
        self.flood(clock, 1, each=1)
        assert len(reasons()) == 21 - 5
        clock.go(days=1)
        self.flood(clock, 2, each=1)
        assert len(reasons()) == 8

    def test_accepted_requests_are_not_deleted(self, route, settings):
        configure(settings, REFUSED_PER_DAY=0)
        assert route.signed() == 200
        configure(settings, REFUSED_PER_DAY=1)
        for _ in range(3):
            assert route.signed(secret="whsec_forged") == 400
        assert reasons() == ["", "no_match"]


@pytest.mark.parametrize(
    ("recorded", "expected"), [("all", ["no_match", ""]), ("refused", ["no_match"]), ("none", [])]
)
def test_setting_decides_which_requests_are_recorded(route, settings, recorded, expected):
    configure(settings, RECORD_TRIGGERS=recorded)
    assert route.signed(secret="whsec_forged") == 400
    assert route.signed() == 200
    assert reasons() == expected
    assert sum(counted().values()) == 1


@pytest.mark.parametrize(
    ("table", "said"),
    [("RefusedCount", "could not be counted"), ("WebhookEventTrigger", "could not be kept")],
)
def test_request_is_refused_even_if_nothing_can_be_kept(route, caplog, table, said):
    with without_table(table):
        assert route.signed(secret="whsec_forged") == 400
    assert said in caplog.text
    assert nothing_changed()
