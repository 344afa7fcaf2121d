"""A project's own settings do not reach the webhook: throttles, versions, middleware, databases.

REST framework reads its settings when its classes are defined, so each way is a process of its
own (tests/hostile/story.py); they run side by side. Of the ways, one in ONE_CASE_IN is run.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.large_tables import some

# What the fixture runs, it runs once.
pytestmark = pytest.mark.xdist_group("hostile")

WAYS = {
    # Way -> what an APIView of the project's answers: a proof of some that they are in force.
    "friendly": 500,
    "throttle": 500,
    "header_versioning": 406,
    "template_renderer": 500,
    "exception_handler": 500,
    "no_anonymous_user": 500,
    "authenticated_only": 403,
    "raising_classes": 500,
    "login_and_csrf": 500,
    "atomic_requests": 500,
    "no_time_zones": 500,
    "read_replica": 500,
}
TRIED = some(WAYS)


@pytest.fixture(scope="module")
def reports():
    """Run all the ways at once and return what each printed."""
    running = {
        way: subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.hostile.story"],
            env={**os.environ, "HOSTILE": way},
            cwd=Path(__file__).parents[1],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for way in TRIED
    }
    said = {}
    for way, process in running.items():
        out, err = process.communicate(timeout=120)
        said[way] = json.loads(out) if process.returncode == 0 else err
    return said


@pytest.fixture(params=TRIED)
def way(request):
    return request.param


@pytest.fixture
def report(reports, way):
    assert isinstance(reports[way], dict), reports[way]
    return reports[way]


GOOD = [200, "application/json", '{"received":true}']
BAD = [400, "application/json", '{"received":false}']


def test_good_event_is_accepted(report):
    assert report["good"] == [GOOD] * 6


def test_accept_header_changes_nothing(report):
    assert report["accept"] == GOOD


def test_forged_event_is_refused(report):
    assert report["forged"] == [BAD] * 2
    assert report["products"] == 1


def test_event_bus_is_not_reached_either(report):
    assert report["bus"] == [GOOD] * 4
    assert report["prices"] == [1, 4]
    assert report["bus without the key"] == [401, *BAD[1:]]
    assert report["bus asked"] == [200, "bus.example"]
    assert report["bus failing"] == [500, *BAD[1:]]


def test_other_methods_are_refused(report):
    assert report["get"] == [405, 405]
    assert report["options"] == 405


def test_failing_class_is_undone_and_answered_500(report):
    failed = [500, "application/json", '{"received":false}']
    assert [report["failing"], report["retried"]] == [failed] * 2
    assert report["failed event"] == ["failed", True]
    assert (report["half done"], report["coupons"]) == (0, 1)


def test_customer_of_a_user_is_linked(report):
    assert report["customer"] == GOOD
    assert report["linked"] is True


def test_times_of_a_product_are_the_projects(report, way):
    assert report["deleted"] == GOOD
    # 1735689600 is midnight of UTC; without time zones it is the project's, Europe/Berlin.
    shown = {"no_time_zones": "2025-01-01 01:00:00"}.get(way, "2025-01-01 00:00:00+00:00")
    assert report["product"] == ["Gold", shown, True]
    assert report["event created"] == shown


def test_setting_is_in_force(report, way):
    plain = 302 if way == "login_and_csrf" else 200
    assert report["ordinary"] == [WAYS[way], plain]
