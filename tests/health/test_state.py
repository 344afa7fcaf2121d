"""`stripe_health` and what it tells: figures, and complaints that say what to do next."""

import json
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from stripe_integrations import conf
from stripe_integrations.operations import health
from tests.admin import rows

pytestmark = pytest.mark.django_db


def cursor(account, seconds_ago):
    conf.model("EventCursor").objects.create(
        account=account, read_to=int(time.time()) - seconds_ago
    )


def run(capsys, *options):
    """Return the exit status and the JSON of the command."""
    status = 0
    try:
        call_command("stripe_health", "--json", *options)
    except CommandError as error:
        status = error.returncode
    found = json.loads(capsys.readouterr().out)
    assert found["healthy"] == (status == 0) == (found["reasons"] == [])
    return found


@pytest.fixture
def minutes_ago():
    return lambda minutes: timezone.now() - timedelta(minutes=minutes)


def test_new_installation_is_healthy(capsys):
    found = run(capsys)
    assert found["failed"] == found["waiting"] == {"count": 0, "age": None}
    assert found["doubts"] == found["cursor_ages"] == found["last_hour"]["events"] == {}
    assert found["last_hour"]["lag_p95"] is found["last_hour"]["api_reads_per_event"] is None
    call_command("stripe_health")
    text = capsys.readouterr().out.splitlines()
    assert {"failed.count: 0", "failed.age: -", "doubts: -", "last_hour.events: -"} <= set(text)


def test_figures_are_those_of_the_last_hour(capsys, counted):
    counted(2, "events", "processed", 10)
    counted(2, "lag", "2", 10)
    counted(2, "refusals", "no_match", 4, "we_1")
    counted(2, "failures", "shop.Ledger", 1)
    counted(2, "api_reads", "answered", 5)
    counted(90, "events", "processed", 10)
    found = run(capsys)["last_hour"]
    assert found == {
        "events": {"processed": 10},
        "lag_p50": 1.5,
        "lag_p95": pytest.approx(1.95),
        "failures": {"shop.Ledger": 1},
        "refusals": [{"reason": "no_match", "endpoint": "we_1", "count": 4}],
        "api_reads": {"answered": 5},
        "api_reads_per_event": 0.5,
    }
    call_command("stripe_health")
    assert "last_hour.refusals: no_match we_1 4\n" in capsys.readouterr().out


@pytest.mark.parametrize(("status", "cure"), [("failed", "--failed"), ("received", "--stuck")])
def test_old_event_that_is_not_done_is_told(capsys, minutes_ago, status, cure):
    rows.event(1, status=status, created=minutes_ago(50))
    rows.event(2, status="processed", created=minutes_ago(500))
    rows.event(3, status="ignored", created=minutes_ago(500))
    assert run(capsys)["healthy"]
    rows.event(4, status=status, created=minutes_ago(70))
    found = run(capsys)
    assert len(found["reasons"]) == 1
    assert found["reasons"][0].startswith("2 events ")
    assert "70 min ago" in found["reasons"][0]
    assert f"stripe_replay {cure}" in found["reasons"][0]
    assert run(capsys, "--event-age", "2h")["healthy"]


def test_old_cursor_is_told_but_of_an_account_that_left(capsys, minutes_ago):
    cursor("", 3600)
    cursor("acct_1", 7200)
    cursor("acct_gone", 9_000_000)
    conf.model("Account").objects.create(id="acct_gone", deauthorized_at=minutes_ago(1))
    found = run(capsys)
    assert found["healthy"]
    assert {whose: age // 60 for whose, age in found["cursor_ages"].items()} == {
        "own": 60,
        "connected": 120,
    }
    found = run(capsys, "--cursor-age", "90m")
    assert ["a connected account 2 h ago" in each for each in found["reasons"]] == [True]


def test_objects_in_doubt_are_told(capsys):
    rows.mirror("Product", in_doubt=True)
    rows.mirror("Price", in_doubt=False)
    found = run(capsys)
    assert found["doubts"] == {"product": 1}
    assert "1 objects are in doubt (product): run `manage.py stripe_verify" in found["reasons"][0]
    assert run(capsys, "--doubts", "1")["healthy"]


def test_refusals_are_told_if_they_are_more_than_usual(capsys, counted):
    counted(3, "refusals", "no_match", 51, "we_1")
    counted(3, "refusals", "no_header", 9)
    found = run(capsys)
    assert "60 requests were refused in 15 min, 51 of them with no_match at we_1" in str(
        found["reasons"]
    )
    assert run(capsys, "--refusals", "60")["healthy"]
    for hours in range(1, 23):  # as ever
        counted(60 * hours, "refusals", "no_match", 150, "we_1")
    assert run(capsys)["healthy"]


def test_silence_of_the_api_is_told(capsys, counted):
    counted(60, "api_reads", "not_asked", 7)
    assert run(capsys)["healthy"]
    counted(3, "api_reads", "not_asked", 1)
    assert "Stripe's API was silent" in run(capsys)["reasons"][0]


def test_state_is_read_by_capped_queries(django_assert_max_num_queries, monkeypatch, minutes_ago):
    monkeypatch.setattr(health, "MAX_COUNTED", 3)
    for number in range(5):
        rows.event(number, status="failed", created=minutes_ago(number))
        rows.mirror("Product", number, in_doubt=True)
    with django_assert_max_num_queries(60) as found:
        state = health.look()
    assert (state.failed.count, state.doubts) == (3, {"product": 3})
    assert any(
        "3 or more events failed" in each
        for each in health.complaints(state, health.Limits(event_age=-1))
    )
    assert all(
        "LIMIT" in each["sql"] or "cursor" in each["sql"] or "account" in each["sql"]
        for each in found.captured_queries
    )


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7199, "119 min"), (7200, "2 h"), (1e6, "11 d")],
)
def test_time_span(seconds, text):
    assert health.time_span(int(seconds)) == text
