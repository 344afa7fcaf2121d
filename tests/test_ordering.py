"""The verdicts of the rule, row by row."""

from dataclasses import dataclass
from typing import Any

import pytest

from stripe_integrations.ordering import Snapshot, Verdict, judge

OLD, NEW = {"id": "x", "name": "old"}, {"id": "x", "name": "new"}


@dataclass
class Row:
    as_of: int
    fetched_at: int | None = None
    version: int = 7
    deleted_at: Any = None
    stripe_data: Any = None


@pytest.mark.parametrize(
    ("row", "snapshot", "verdict"),
    [
        pytest.param(Row(100), Snapshot(NEW, created=101), Verdict.WRITE, id="newer event"),
        pytest.param(Row(100), Snapshot(NEW, created=99), Verdict.SKIP, id="older event"),
        pytest.param(Row(100), Snapshot(NEW, created=100), Verdict.IN_DOUBT, id="same second"),
        pytest.param(Row(100), Snapshot(OLD, created=100), Verdict.EQUAL, id="same data"),
        pytest.param(
            Row(100), Snapshot(OLD, created=101, deleted=True), Verdict.WRITE, id="newer deletion"
        ),
        pytest.param(
            Row(100, deleted_at="then"), Snapshot(OLD, created=99), Verdict.SKIP, id="late update"
        ),
        pytest.param(
            Row(100, deleted_at="then"),
            Snapshot(NEW, "updated", created=101),
            Verdict.IN_DOUBT,
            id="update after the deletion",
        ),
        pytest.param(
            Row(100, deleted_at="then"),
            Snapshot(NEW, "created", created=101),
            Verdict.WRITE,
            id="a second life",
        ),
        pytest.param(
            Row(100, fetched_at=90), Snapshot(NEW, created=89), Verdict.SKIP, id="before the read"
        ),
        pytest.param(
            Row(100, fetched_at=90),
            Snapshot(NEW, created=95),
            Verdict.IN_DOUBT,
            id="while it was read",
        ),
        pytest.param(
            Row(100), Snapshot(NEW, fetched_at=101, as_of=103), Verdict.WRITE, id="newer read"
        ),
        pytest.param(
            Row(100), Snapshot(NEW, fetched_at=100, as_of=103), Verdict.IN_DOUBT, id="read then"
        ),
        pytest.param(
            Row(100),
            Snapshot(NEW, fetched_at=100, as_of=103, seen=7),
            Verdict.WRITE,
            id="read, and nobody wrote meanwhile",
        ),
        pytest.param(
            Row(100),
            Snapshot(NEW, fetched_at=100, as_of=103, seen=6),
            Verdict.IN_DOUBT,
            id="read, and somebody wrote meanwhile",
        ),
        pytest.param(Row(100), Snapshot(NEW), Verdict.IN_DOUBT, id="of unknown age"),
        pytest.param(Row(100), Snapshot(OLD), Verdict.EQUAL, id="of unknown age, but the same"),
    ],
)
def test_verdict(row, snapshot, verdict):
    row.stripe_data = OLD
    assert judge(row, snapshot) is verdict


def test_time_of_a_snapshot():
    assert Snapshot(OLD, created=5).time == 5
    assert Snapshot(OLD, fetched_at=4, as_of=7).time == 7
    assert Snapshot(OLD).time == 0
