"""The verdicts of the rule, row by row, and what it remembers."""

from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from stripe_integrations import kinds
from stripe_integrations.mirror import ordering
from stripe_integrations.mirror.ordering import (
    Verdict,
    choose,
    fingerprint,
    judge,
)
from stripe_integrations.mirror.snapshots import Snapshot, is_partial

GUARD = 2
WITH_MORE = {"object": "list", "data": [], "has_more": True}
CLOCK = {"id": "x", "test_clock": "clock_1"}
A, B, C = ({"id": "x", "created": 5, "name": name} for name in "abc")


def memory(row, snapshot, guard):
    """Return what a row remembers once a snapshot is written to it."""
    return {**snapshot.memory, **(ordering.memory(row, snapshot, guard) if row else {})}


@dataclass
class Row:
    """A row that holds A."""

    as_of: int = 100
    fetched_at: int | None = None
    version: int = 7
    deleted_at: Any = None
    stripe_data: Any = field(default_factory=lambda: A)
    in_doubt: bool = False
    verb: str = "updated"
    trail: list[str] = field(default_factory=list)
    read_by: str = ""


def updated(data, before, created=100):
    previous = {key: value for key, value in before.items() if data.get(key) != value}
    return Snapshot(data, "updated", created, previous=previous)


def event(verb, data, created):
    return Snapshot(data, verb, created, deleted=verb == "deleted")


def simulated(data, created=9000):
    return Snapshot(data, "updated", created, as_of=110, is_simulated=True)


def read(data, at, **values):
    return Snapshot(data, fetched_at=at, as_of=at + 2, **values)


WRITE, SKIP, EQUAL, IN_DOUBT = Verdict.WRITE, Verdict.SKIP, Verdict.EQUAL, Verdict.IN_DOUBT
GONE = {"deleted_at": "then"}
READ = {"fetched_at": 98, "verb": ""}


@pytest.mark.parametrize(
    ("row", "snapshot", "verdict"),
    [
        pytest.param(None, event("updated", B, 1), WRITE, id="no row"),
        pytest.param(None, event("deleted", B, 1), WRITE, id="no row, deleted"),
        # newer and older by more than the guard
        pytest.param(Row(), event("updated", B, 103), WRITE, id="newer"),
        pytest.param(Row(), event("deleted", A, 103), WRITE, id="newer deletion"),
        pytest.param(Row(in_doubt=True), event("updated", B, 103), WRITE, id="settles a doubt"),
        pytest.param(Row(**GONE), event("created", B, 103), WRITE, id="a second life"),
        pytest.param(Row(**GONE), event("updated", B, 103), IN_DOUBT, id="update of the deleted"),
        pytest.param(Row(**GONE), event("paused", B, 103), IN_DOUBT, id="other of the deleted"),
        pytest.param(Row(**GONE), event("deleted", B, 103), WRITE, id="deleted twice"),
        pytest.param(Row(), event("updated", B, 97), SKIP, id="older"),
        pytest.param(Row(**GONE), event("updated", B, 97), SKIP, id="older than the deletion"),
        pytest.param(Row(in_doubt=True), event("updated", B, 97), SKIP, id="older, row in doubt"),
        pytest.param(Row(**READ), event("updated", B, 95), SKIP, id="before the read"),
        pytest.param(Row(**READ), event("updated", B, 96), IN_DOUBT, id="just before the read"),
        pytest.param(Row(**READ), event("updated", B, 102), IN_DOUBT, id="just after the read"),
        pytest.param(Row(**READ), event("updated", B, 103), WRITE, id="after the read"),
        # within the guard, by what the objects say
        pytest.param(Row(), event("updated", A, 98), EQUAL, id="same data"),
        pytest.param(Row(**READ), event("updated", A, 98), EQUAL, id="same data as was read"),
        pytest.param(Row(**GONE), event("updated", A, 98), IN_DOUBT, id="same data, but deleted"),
        pytest.param(Row(**GONE), event("deleted", A, 98), EQUAL, id="deleted as before"),
        pytest.param(Row(in_doubt=True), event("updated", A, 98), IN_DOUBT, id="same as a doubt"),
        pytest.param(Row(), updated(B, A), WRITE, id="begins at the row's state"),
        pytest.param(Row(), updated(B, A, 99), IN_DOUBT, id="begins there, but claims to be older"),
        pytest.param(Row(), updated(B, C), IN_DOUBT, id="begins elsewhere"),
        pytest.param(Row(trail=[fingerprint(B)]), updated(B, A), IN_DOUBT, id="changed back"),
        pytest.param(Row(trail=["?"]), updated(B, A), IN_DOUBT, id="after an unknown state"),
        pytest.param(Row(in_doubt=True), updated(B, A), IN_DOUBT, id="begins at a doubt"),
        pytest.param(Row(**READ), updated(B, A), IN_DOUBT, id="begins at what was read"),
        pytest.param(Row(**GONE), updated(B, A), IN_DOUBT, id="begins at the deleted"),
        pytest.param(Row(), event("updated", B, 100), IN_DOUBT, id="no previous_attributes"),
        pytest.param(Row(verb="created"), event("updated", B, 98), WRITE, id="update of a created"),
        pytest.param(Row(), event("created", B, 102), SKIP, id="created of an updated"),
        pytest.param(Row(verb="created"), event("paid", B, 98), WRITE, id="paid of a created"),
        pytest.param(Row(verb="paid"), event("created", B, 102), SKIP, id="created of a paid"),
        pytest.param(Row(verb="paid"), event("finalized", B, 102), IN_DOUBT, id="neither created"),
        pytest.param(Row(verb=""), event("created", B, 102), IN_DOUBT, id="of no event"),
        pytest.param(Row(), event("created", {**B, "created": 6}, 102), IN_DOUBT, id="other life"),
        pytest.param(Row(stripe_data={}), event("created", {}, 102), EQUAL, id="nothing twice"),
        pytest.param(
            Row(stripe_data={"a": 1}),
            event("created", {"b": 1}, 102),
            IN_DOUBT,
            id="no own created",
        ),
        pytest.param(Row(verb=""), event("updated", B, 100), IN_DOUBT, id="row of unknown verb"),
        pytest.param(Row(), event("deleted", B, 98), IN_DOUBT, id="deletion of that second"),
        pytest.param(Row(), event("deleted", A, 98), IN_DOUBT, id="deletion of the same data"),
        # data that was read
        pytest.param(Row(), read(B, 104), WRITE, id="later page"),
        pytest.param(Row(), read(B, 103), IN_DOUBT, id="page of that moment"),
        pytest.param(Row(), read(A, 1), EQUAL, id="page says the same"),
        pytest.param(Row(**READ), read(B, 104), WRITE, id="page after an earlier read"),
        pytest.param(Row(), read(B, 1, seen=7), WRITE, id="read, and nobody wrote meanwhile"),
        pytest.param(Row(), read(B, 1, seen=6), IN_DOUBT, id="read, and somebody wrote"),
        pytest.param(None, read(B, 1, seen=0), WRITE, id="read, no row"),
        # times that are not of Stripe's clock
        pytest.param(None, simulated(B), IN_DOUBT, id="simulated, no row"),
        pytest.param(Row(), simulated(B), IN_DOUBT, id="simulated"),
        pytest.param(Row(), simulated(A), IN_DOUBT, id="simulated, same data"),
        pytest.param(Row(**READ), simulated(A), IN_DOUBT, id="simulated, same as was read"),
        pytest.param(Row(stripe_data=CLOCK), simulated(CLOCK), EQUAL, id="of a test clock, same"),
        pytest.param(
            Row(stripe_data=CLOCK, in_doubt=True), simulated(CLOCK), IN_DOUBT, id="same as a doubt"
        ),
        pytest.param(
            Row(stripe_data=CLOCK, **GONE), simulated(CLOCK), IN_DOUBT, id="same, but deleted"
        ),
        # data of unknown age
        pytest.param(Row(), Snapshot(B), IN_DOUBT, id="of unknown age"),
        pytest.param(Row(), Snapshot(A), EQUAL, id="of unknown age, but the same"),
    ],
)
def test_verdict_is_as_listed(row, snapshot, verdict):
    assert judge(row, snapshot, GUARD) is verdict


def test_without_a_guard_only_the_same_second_is_in_doubt():
    assert judge(Row(), event("updated", B, 101), 0) is WRITE
    assert judge(Row(), event("updated", B, 99), 0) is SKIP
    assert judge(Row(), event("updated", B, 100), 0) is IN_DOUBT


ANSWER = read(C, 100, read_by="key")
PROOF = read({"id": "x", "deleted": True}, 100, read_by="key", deleted=True)
STUB = replace(PROOF, is_unproven=True)
UPDATE, DELETION, CREATION = (event(verb, B, 100) for verb in ("updated", "deleted", "created"))


@pytest.mark.parametrize(
    ("row", "snapshot", "answer", "chosen", "in_doubt"),
    [
        pytest.param(Row(), UPDATE, ANSWER, ANSWER, False, id="what the API says"),
        pytest.param(Row(), DELETION, ANSWER, ANSWER, False, id="a deletion, but it lives again"),
        pytest.param(Row(**GONE), UPDATE, ANSWER, ANSWER, False, id="it lives again"),
        pytest.param(None, UPDATE, ANSWER, ANSWER, False, id="no row"),
        pytest.param(Row(), DELETION, STUB, STUB, False, id="a deletion, and it is gone"),
        pytest.param(Row(read_by="key"), UPDATE, STUB, STUB, False, id="gone, says who knew it"),
        pytest.param(Row(**GONE), UPDATE, STUB, STUB, False, id="gone it stays"),
        pytest.param(Row(), UPDATE, STUB, UPDATE, True, id="gone, says a stranger"),
        pytest.param(Row(read_by="old"), UPDATE, STUB, UPDATE, True, id="gone, says a new key"),
        pytest.param(Row(), UPDATE, PROOF, PROOF, False, id="deleted"),
        pytest.param(Row(**GONE), CREATION, PROOF, PROOF, False, id="deleted it stays"),
        pytest.param(None, UPDATE, STUB, UPDATE, True, id="no row, gone"),
        pytest.param(None, UPDATE, PROOF, replace(PROOF, data=B), False, id="no row, deleted"),
        pytest.param(
            None, DELETION, STUB, replace(STUB, data=B), False, id="no row, a deletion, gone"
        ),
        pytest.param(Row(), UPDATE, None, UPDATE, True, id="no answer"),
        pytest.param(Row(), DELETION, None, DELETION, True, id="no answer, a deletion"),
        pytest.param(Row(**GONE), UPDATE, None, None, True, id="no answer, deleted"),
        pytest.param(Row(**GONE), CREATION, None, CREATION, True, id="no answer, created again"),
        pytest.param(None, UPDATE, None, UPDATE, True, id="no answer, no row"),
    ],
)
def test_settle_chooses_as_listed(row, snapshot, answer, chosen, in_doubt):
    assert choose(row, snapshot, answer) == (chosen, in_doubt)


class TestMemory:
    def test_newer_event_begins_a_new_trail(self):
        values = memory(Row(trail=["old"], **READ), updated(B, A, 103), GUARD)
        trail = [updated(B, A, 103).previous]
        expected = {"as_of": 103, "fetched_at": None, "verb": "updated", "trail": trail}
        assert values == expected

    def test_event_within_the_guard_extends_the_trail(self):
        values = memory(Row(trail=["old"]), updated(B, C, 98), GUARD)
        assert (values["as_of"], values["verb"]) == (100, "updated")
        assert values["trail"] == ["old", fingerprint(A), fingerprint(C)]

    @pytest.mark.parametrize(
        ("snapshot", "trail"),
        [
            (event("created", B, 103), []),
            (updated(B, A, 103), [updated(B, A, 103).previous]),
            (event("updated", B, 103), ["?"]),
            (event("paused", B, 103), ["?"]),
            (Snapshot(B), []),
        ],
    )
    def test_first_snapshot_remembers_what_came_before(self, snapshot, trail):
        assert memory(None, snapshot, GUARD)["trail"] == trail

    def test_of_an_event_after_one_whose_trail_was_not_read_yet(self):
        row = Row(**{"stripe_data": B, **memory(None, updated(B, A, 100), GUARD)})
        values = memory(row, updated(C, B, 101), GUARD)
        assert values["trail"] == [fingerprint(A), fingerprint(B)]

    def test_long_burst_becomes_unknown(self):
        row = Row(trail=[str(number) for number in range(ordering.MAX_TRAIL)])
        assert memory(row, updated(B, A), GUARD)["trail"] == ["?"]

    def test_of_a_read(self):
        values = memory(Row(trail=["old"]), read(B, 100), GUARD)
        assert values == {"as_of": 102, "fetched_at": 100, "verb": "", "trail": []}

    def test_confirmation_raises_the_time(self):
        row = Row()
        assert ordering.confirmed_columns(row, updated(A, B, 101)) == {
            "as_of": 101,
            "trail": [fingerprint(B)],
        }
        assert ordering.confirmed_columns(Row(**READ), updated(A, B, 101)) == {"as_of": 101}
        assert ordering.confirmed_columns(row, Snapshot(A)) == {}

    def test_confirmed_by_its_creation_it_is_still_from_an_update(self):
        created = event("created", A, 100)
        assert ordering.confirmed_columns(Row(), created) == {}
        assert ordering.confirmed_columns(Row(verb="created"), updated(A, B))["verb"] == "updated"
        # changed and changed back within a second, and its creation arrives in between
        row = replace(Row(), **memory(None, updated(A, B), GUARD))
        row = replace(row, **ordering.confirmed_columns(row, created))
        assert judge(row, updated(B, A), GUARD) is IN_DOUBT

    def test_confirmed_twice_changes_nothing(self):
        snapshot = updated(A, B)
        row = replace(Row(), **ordering.confirmed_columns(Row(), snapshot))
        assert ordering.confirmed_columns(row, snapshot) == {}

    def test_changed_back_by_an_update_that_does_not_tell_from_where(self):
        row = replace(Row(), **memory(None, event("updated", A, 100), GUARD))
        assert judge(row, updated(B, A), GUARD) is IN_DOUBT


class TestFingerprint:
    def test_null_is_as_good_as_absent(self):
        assert fingerprint({"a": {"b": None}}) == fingerprint({"a": {}, "c": None})

    def test_order_of_keys_does_not_count(self):
        assert fingerprint({"a": 1, "b": 2}) == fingerprint({"b": 2, "a": 1})

    @pytest.mark.parametrize("other", [{"a": [1, 2]}, {"a": [2]}, {"a": {"0": 1}}, {"a": "1"}, {}])
    def test_another_state_has_another_fingerprint(self, other):
        assert fingerprint({"a": [1]}) != fingerprint(other)

    def test_state_before_an_update_is_recognized(self):
        data = {"id": "x", "name": "b", "metadata": {"k": "new", "kept": "1"}, "list": [1, 2]}
        previous = {"name": "a", "metadata": {"k": None}, "list": [3]}
        before = {"id": "x", "name": "a", "metadata": {"kept": "1"}, "list": [3]}
        row = Row(stripe_data=before)
        assert judge(row, Snapshot(data, "updated", 100, previous=previous), GUARD) is WRITE


def test_time_of_a_snapshot_is_the_latest_possible():
    assert Snapshot(A, created=5).time == 5
    assert read(A, 5).time == 7
    assert Snapshot(A).time == 0


@pytest.mark.parametrize(
    ("items", "partial"),
    [
        ({"object": "list", "data": [], "has_more": True}, True),
        ({"object": "list", "data": [], "has_more": False}, False),
        ({"has_more": True}, False),
        ([], False),
    ],
)
def test_list_that_goes_on_is_partial(items, partial):
    assert is_partial(kinds.SUBSCRIPTION, {"items": items, "others": WITH_MORE}) is partial


def test_time_of_a_snapshot_is_never_later_than_stripes_clock():
    assert simulated(A).time == 110
    assert Snapshot(A, "updated", 112, as_of=110).time == 110
    assert Snapshot(A, "updated", 100, as_of=110).time == 100


def test_same_state_of_a_test_clock_raises_as_of_to_stripes_clock():
    row = Row(stripe_data=CLOCK, fetched_at=98)
    assert ordering.confirmed_columns(row, simulated(CLOCK)) == {"as_of": 110}
