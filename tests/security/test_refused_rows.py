"""What a stranger leaves behind: so many rows a minute, each of a bounded size; the rest counted.

REFUSED sets how many requests a flood has.
"""

import os
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.utils import timezone

from stripe_integrations import conf
from stripe_integrations.actions import recording
from tests import endpoints
from tests.security.conftest import BODY, counted, nothing_changed, reasons, without_table

pytestmark = pytest.mark.django_db(transaction=True)

REFUSED = int(os.environ.get("REFUSED", "400"))
THREADS = 4


def configure(settings, **values):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, **values}


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


def test_flood(route, settings, summary):
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
def test_all_reasons_count_together(route, settings, monkeypatch, kept):
    """The minute does not end in this test, which the clock of a real one may do."""
    configure(settings, REFUSED_PER_MINUTE=kept)
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    for header in ("x", "t=1", f"t=1,v1={'a' * 64}"):
        assert route.send(BODY, {"Stripe-Signature": header}) == 400
    assert reasons() == ["malformed"][:kept]
    assert {reason for _, reason in counted()} == {"malformed", "no_v1", "no_match"}


def test_minute_is_that_of_the_row(route, settings, monkeypatch):
    """A request that takes its time is counted in the minute in which it began."""
    configure(settings, REFUSED_PER_MINUTE=1)
    assert route.signed(secret="whsec_forged") == 400
    began = endpoints.triggers().get().created
    field = conf.model("WebhookEventTrigger")._meta.get_field("created")
    monkeypatch.setattr(field, "default", lambda: began)
    monkeypatch.setattr(field, "_get_default", lambda: began)
    monkeypatch.setattr(timezone, "now", lambda: began + timedelta(minutes=1))
    assert route.signed(secret="whsec_forged", timestamp=int(time.time())) == 400
    assert endpoints.triggers().count() == 1


def test_what_has_no_signature_takes_nobodys_place(route, settings):
    configure(settings, REFUSED_PER_MINUTE=2)
    for _ in range(5):
        assert route.send() == 400
    assert route.signed(secret="whsec_forged") == 400
    assert reasons() == ["no_match"]


def test_logs_no_more_than_it_keeps(route, settings, caplog, monkeypatch):
    configure(settings, REFUSED_PER_MINUTE=2)
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    for _ in range(5):
        assert route.signed(secret="whsec_forged") == 400
    ours = [each for each in caplog.records if each.name == "stripe_integrations"]
    assert len(ours) == 2


def test_pruned_meanwhile(route, monkeypatch):
    """A prune of all counts may come between the count and the sum."""
    counts = conf.model("RefusedCount").objects
    raise_by_one = recording._raise_by_one

    def raise_and_prune(*args, **kwargs):
        raise_by_one(*args, **kwargs)
        counts.all().delete()

    monkeypatch.setattr(recording, "_raise_by_one", raise_and_prune)
    assert route.signed(secret="whsec_forged") == 400


def test_bodies_and_headers_are_cut(route):
    body = b'{"a": "' + b"x" * 500_000 + b'"}'
    headers = {f"X-{number}": "y" * 5000 for number in range(60)}
    assert route.send(body, {**headers, "Stripe-Signature": "t=1,v1=aa"}) == 400
    row = endpoints.triggers().get()
    assert row.refused_body == body.decode()[:2000]
    assert len(str(row.headers)) < 10_000
    assert row.headers["Stripe-Signature"] == "t=1,v1=aa"


@pytest.mark.parametrize("body", [b"\0\xff\xed\xa0\x80", "€🙂".encode() * 3000, b"\\ud800"])
def test_bodies_that_no_database_takes(route, body):
    assert route.send(body, {"Stripe-Signature": "t=1,v1=aa"}) == 400
    row = endpoints.triggers().get()
    assert row.refused_body == body.decode("utf-8", "replace").replace("\0", "\ufffd")[:2000]


def test_private_headers_are_not_kept(route):
    private = {"Authorization": "Bearer of-private-things", "Cookie": "session=of-private-things"}
    assert route.signed(**private) == 200
    assert "of-private-things" not in str(endpoints.triggers().get().headers)


@pytest.mark.parametrize(
    ("recorded", "expected"), [("all", ["no_match", ""]), ("refused", ["no_match"]), ("none", [])]
)
def test_record_triggers(route, settings, recorded, expected):
    configure(settings, RECORD_TRIGGERS=recorded)
    assert route.signed(secret="whsec_forged") == 400
    assert route.signed() == 200
    assert reasons() == expected
    assert sum(counted().values()) == 1


@pytest.mark.parametrize(
    ("table", "said"),
    [("RefusedCount", "could not be counted"), ("WebhookEventTrigger", "could not be kept")],
)
def test_refused_even_if_nothing_can_be_kept(route, caplog, table, said):
    with without_table(table):
        assert route.signed(secret="whsec_forged") == 400
    assert said in caplog.text
    assert nothing_changed()
