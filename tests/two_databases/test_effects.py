"""Stripe's tables in a second database: a class has a transaction there, and on `default`."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("two_databases")

ROOT = Path(__file__).parents[2]
ONCE = {"status": "processed", "effects": 1, "committed": 1}
NOT_DONE = {"status": "failed", "effects": 0, "committed": 0}


@pytest.fixture(scope="module")
def report():
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.two_databases.story"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_class_runs_in_a_transaction_on_both(report):
    assert report["in_block"] == [[True, True]] * len(report["in_block"])
    assert report["mirrored"] == 3


def test_event_that_comes_twice_takes_effect_once(report):
    assert (report["done"], report["again"]) == (ONCE, ONCE)


def test_effects_of_a_failing_class_are_undone(report):
    assert report["raises"] == [NOT_DONE] * 3


def test_class_that_swallows_an_error_of_the_projects_database_is_not_done(report):
    assert report["swallows"] == NOT_DONE


def test_class_that_no_longer_fails_takes_effect_once(report):
    assert report["in_the_end"] == [ONCE, ONCE]


def test_transaction_of_the_caller_on_the_projects_database_is_refused(report):
    assert "non_atomic_requests" in (report["refused"] or "")
