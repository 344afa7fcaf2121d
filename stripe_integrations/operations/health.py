"""Is the installation healthy? What is now, read by index and capped, and what to do about it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from stripe_integrations import conf, transactions
from stripe_integrations.choices import ApiReadResult, Counted, EventStatus
from stripe_integrations.kinds import GENERIC, GENERIC_MODEL, MIRRORED
from stripe_integrations.mirror import authorizations, rows
from stripe_integrations.operations import figures

#: Rows of one state or kind that are counted; there may be more.
MAX_COUNTED = 1000
#: Seconds that "lately" means for refusals and silent calls, and what refusals are compared with.
LATELY, DAY = 900, 86_400
#: Whose cursors there are: our own account's, and those of connected accounts.
OWN, CONNECTED = "own", "connected"


@dataclass(frozen=True)
class Backlog:
    """Events that are not done: how many, and how long ago the oldest was created, in seconds."""

    count: int
    age: int | None


@dataclass(frozen=True)
class State:
    """The present state, as against the figures of the last hour."""

    #: Events whose class raised, and events that wait for a worker.
    failed: Backlog
    waiting: Backlog
    #: Value of `object` -> rows in doubt, for kinds that have some.
    doubts: dict[str, int]
    #: OWN or CONNECTED -> seconds up to which `stripe_catch_up` lags behind, of the oldest cursor.
    cursor_ages: dict[str, int]


#: The state of an installation where nothing has happened yet.
NOTHING = State(Backlog(0, None), Backlog(0, None), {}, {})


@dataclass(frozen=True)
class Limits:
    """What is healthy: ages in seconds, refusals lately, rows in doubt."""

    event_age: int = 3600
    cursor_age: int = 26 * 3600
    refusals: int = 50
    doubts: int = 0


def look() -> State:
    """Return what is now."""
    return State(
        failed=_backlog(EventStatus.FAILED),
        waiting=_backlog(EventStatus.RECEIVED),
        doubts=dict(_doubts()),
        cursor_ages=_cursor_ages(),
    )


def complaints(state: State, limits: Limits) -> Iterator[str]:
    """Say what is not healthy, each with what to do next."""
    if (age := state.failed.age) is not None and age > limits.event_age:
        yield (
            f"{_some(state.failed)} failed, the oldest of {time_span(age)} ago: read its "
            "traceback in the admin, fix the class, and run `manage.py stripe_replay --failed`."
        )
    if (age := state.waiting.age) is not None and age > limits.event_age:
        yield (
            f"{_some(state.waiting)} wait to be processed, the oldest of {time_span(age)} ago: "
            "see that the workers of QUEUE run, and run `manage.py stripe_replay --stuck`."
        )
    for whose, age in state.cursor_ages.items():
        if age > limits.cursor_age:
            yield (
                f"stripe_catch_up read the events of {'our' if whose == OWN else 'a connected'} "
                f"account {time_span(age)} ago: see that cron runs it, and what it prints."
            )
    if (count := sum(state.doubts.values())) > limits.doubts:
        yield (
            f"{count} objects are in doubt ({', '.join(state.doubts)}): run `manage.py "
            "stripe_verify --doubtful`."
        )
    lately = figures.of_last(LATELY)
    yield from _of_refusals(lately, limits)
    if lately.counts(Counted.API_READS).get(ApiReadResult.NOT_ASKED):
        yield (
            "Stripe's API was silent, so that for a while it was not asked: look at the network, "
            "at HTTPS_PROXY and at https://status.stripe.com."
        )


def time_span(seconds: int) -> str:
    """Return a span of time in its largest whole units: 90 s, 59 min, 47 h, 3 d."""
    for size, unit in ((172_800, "d"), (7200, "h"), (120, "min")):
        if seconds >= size:
            return f"{seconds // {'d': 86_400, 'h': 3600, 'min': 60}[unit]} {unit}"
    return f"{seconds} s"


def _of_refusals(lately: figures.Figures, limits: Limits) -> Iterator[str]:
    """Complain of refusals that are many, and twice as many as usual."""
    count = lately.total(Counted.REFUSALS)
    usual = (figures.of_last(DAY).total(Counted.REFUSALS) - count) * LATELY / (DAY - LATELY)
    if count > limits.refusals and count > 2 * usual:
        (reason, endpoint), most = next(iter(lately.refusals.items()))
        yield (
            f"{count} requests were refused in {time_span(LATELY)}, {most} of them with {reason} "
            f"at {endpoint or 'the settings’ secrets'}: the admin's list of requests says why."
        )


def _backlog(status: str) -> Backlog:
    events = conf.model("Event").objects.using(conf.database()).filter(status=status)
    oldest = events.exclude(created=None).order_by("created").values_list("created", flat=True)
    count = _count(events)
    created = transactions.run_query(oldest.first, events.db) if count else None
    return Backlog(count, None if created is None else int(time.time() - created.timestamp()))


def _count(found: Any) -> int:
    some = found.order_by().values("pk")[:MAX_COUNTED]
    return int(transactions.run_query(some.count, found.db))


def _doubts() -> Iterator[tuple[str, int]]:
    """Count the rows in doubt of the kinds that `stripe_verify --doubtful` can settle."""
    counted = [(name, rows.of_kind(kind)) for name, kind in MIRRORED.items() if not kind.is_part]
    others = conf.model(GENERIC_MODEL).objects.using(conf.database())
    counted.append((GENERIC_MODEL, others.filter(kind__in=list(GENERIC))))
    for name, of_kind in counted:
        count = _count(of_kind.filter(in_doubt=True))
        if count:
            yield name, count


def _cursor_ages() -> dict[str, int]:
    cursors = conf.model("EventCursor").objects.using(conf.database())
    known: Any = partial(dict, cursors.values_list("pk", "read_to"))
    read_to: dict[str, int] = transactions.run_query(known, cursors.db)
    kept = read_to.keys() - authorizations.withdrawn()
    oldest = {
        OWN: [read_to[each] for each in kept if not each],
        CONNECTED: [read_to[each] for each in kept if each],
    }
    now = int(time.time())
    return {whose: max(0, now - min(times)) for whose, times in oldest.items() if times}


def _some(backlog: Backlog) -> str:
    more = "or more " if backlog.count == MAX_COUNTED else ""
    return f"{backlog.count} {more}event{'' if backlog.count == 1 else 's'}"
