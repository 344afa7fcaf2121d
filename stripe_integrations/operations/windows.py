"""The rows that say what of a backfill is left to read, so that an interrupted one goes on."""

from __future__ import annotations

import time
import uuid
from itertools import pairwise
from typing import Any

from django.utils import timezone

from stripe_integrations import conf, transactions
from stripe_integrations.kinds import Kind
from stripe_integrations.mirror import rows, statements

#: Stripe's first year; no object is older.
FIRST = 1293840000


TAKEN_OVER = "Another stripe_sync reads the same objects and has taken over: let one of them run."


class TakenOver(Exception):
    """Another reader has taken the window since."""


def all_windows() -> Any:
    """Return the rows."""
    return conf.model("SyncWindow").objects.using(conf.database())


def of_run(kind: Kind, account: str | None, since: int | None) -> Any:
    """Return the windows of a run, also finished ones."""
    return all_windows().filter(kind=kind.object, account=account or "", since=since)


def begin_or_resume(
    kind: Kind, account: str | None, since: int | None, *, count: int = 1, is_queued: bool = False
) -> list[Any]:
    """Return the unfinished windows of a run, for a new run at most `count` that cover all."""

    def work() -> list[Any]:
        write_first(all_windows())
        known = of_run(kind, account, since)
        if not known.exists():
            whole = all_windows().model(
                kind=kind.object,
                account=account or "",
                since=since,
                start=FIRST if since is None else since,
                touched_at=timezone.now(),
            )
            whole.save(using=known.db)
            if is_divisible(kind):
                _cut(whole, None, count)
        known.filter(is_finished=False).update(is_queued=is_queued)
        return list(known.filter(is_finished=False).order_by("-start"))

    found: list[Any] = transactions.run_atomic(work, conf.database())
    return found


def is_divisible(kind: Kind) -> bool:
    """Tell whether a list can be limited to a time."""
    return kind.is_listed_by_time


def unfinished(kind: Kind, account: str | None, since: int | None) -> list[Any]:
    """Return the windows of a run that are left to read, newest objects first."""
    left = of_run(kind, account, since).filter(is_finished=False).order_by("-start")
    found: list[Any] = transactions.run_query(lambda: list(left), conf.database())
    return found


def take(window: Any) -> Any:
    """Make this reader the one of a window, from where it stands, and return the row.

    Raises TakenOver if another reader has finished the run meanwhile.
    """
    reader = uuid.uuid4().hex
    found = all_windows().filter(pk=window.pk)
    changes = {"reader": reader, "touched_at": timezone.now()}
    if not transactions.run_atomic(lambda: found.update(**changes), conf.database()):
        raise TakenOver(TAKEN_OVER)
    return transactions.run_query(lambda: found.first(), conf.database())


def checkpoint(window: Any) -> None:
    """Store how far a window was read. Raises TakenOver if it has another reader."""
    transactions.run_statement(lambda: _checkpoint(window), conf.database())


def _checkpoint(window: Any) -> None:
    changes = {name: getattr(window, name) for name in ("end", "cursor", "count", "is_finished")}
    changes["touched_at"] = timezone.now()
    mine = {"id": window.pk, "reader": window.reader}
    if not statements.update(conf.database(), all_windows().model, changes, mine):
        raise TakenOver(TAKEN_OVER)


def split(window: Any, end: int | None, count: int) -> list[Any]:
    """Take the older part of a window, of what is before `end`, and return it as `count` windows.

    There are fewer where it is short, and each has a reader, as after `take`. The window's own
    `start` is raised. Raises TakenOver if it has another reader.
    """

    made: list[Any] = transactions.run_atomic(lambda: _cut(window, end, count + 1), conf.database())
    if made:
        window.start = made[-1].end
    return made


def remove(kind: Kind, account: str | None, since: int | None) -> None:
    """Forget a run that is finished."""
    transactions.run_atomic(lambda: of_run(kind, account, since).delete(), conf.database())


def is_over(kind: Kind, account: str | None, since: int | None) -> bool:
    """Tell whether no window of a run is left to read."""
    return not unfinished(kind, account, since)


def write_first(known: Any) -> None:
    """Begin a transaction with a write, as SQLite wants it."""
    known.filter(pk=None).update(is_finished=False)


def _cut(window: Any, until: int | None, count: int) -> list[Any]:
    """Leave a window the newest of so many parts; return new windows for the rest."""
    bounds = _bounds(window.start, until, count)
    if not bounds:
        return []
    mine = all_windows().filter(pk=window.pk, reader=window.reader)
    if not mine.update(start=bounds[-1], touched_at=timezone.now()):
        raise TakenOver(TAKEN_OVER)
    made = [
        all_windows().model(
            kind=window.kind,
            account=window.account,
            since=window.since,
            start=start,
            end=end,
            is_queued=window.is_queued,
            reader=uuid.uuid4().hex,
            touched_at=timezone.now(),
        )
        for start, end in pairwise([window.start, *bounds])
    ]
    for older in made:
        older.save(using=all_windows().db)
    return made


def _bounds(start: int, end: int | None, count: int) -> list[int]:
    """Return the times at which a span is cut into at most `count` parts, oldest first."""
    until = int(time.time()) if end is None else end
    span = until - start
    if start > FIRST:
        cuts = {start + span * number // count for number in range(1, count)}
    else:  # an account's objects are mostly recent ones: each part is half of the next older
        cuts = {until - span // 2**number for number in range(1, count)}
    return sorted(cut for cut in cuts if start < cut < until)


def is_synced(kind: Kind) -> bool:
    """Tell whether a kind is to be read: the API lists it, and `MIRROR` does not leave it out."""
    return kind.is_listed and conf.is_mirrored(kind.object)


def has_rows(kind: Kind, account: str | None) -> bool:
    """Tell whether there is a row whose object may be gone."""
    found: bool = transactions.run_query(rows_of(kind, account).exists, conf.database())
    return found


def rows_of_all(kind: Kind) -> Any:
    """Return the rows of a kind, of all accounts."""
    return rows.of_kind(kind)


def rows_of(kind: Kind, account: str | None) -> Any:
    """Return the rows that a run writes."""
    return rows.of_kind(kind).filter(account=account)
