"""Counts of what happens, kept in the process and written once a minute to `HealthCount`.

Events are noted on the common path, without a call of ours::

    counters.events.append((now, state, created))
    if now >= counters.next_flush:
        counters.flush_if_due()

What a minute adds up to is written by the first event or refusal after it, once that is answered
for: one statement, and after one flush in sixty the deletion of old minutes.
"""

from __future__ import annotations

import atexit
import logging
import os
import random
import threading
import time
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from django.db import connections

from stripe_integrations import conf, transactions
from stripe_integrations.choices import Counted

logger = logging.getLogger("stripe_integrations")

#: Seconds between two flushes of a process.
INTERVAL = 60
#: After which share of the flushes old minutes are deleted: left to chance, it comes in time from
#: many processes that each live for a minute, too.
DELETION_SHARE = 1 / 60
#: Days after which the counts of a minute are deleted.
MAX_DAYS = 7
#: Labels of one name that a process counts in a minute, and what further ones are counted as.
MAX_LABELS, OTHER = 50, "other"
#: Minutes that a process holds where it cannot write them; then the oldest are counted as one.
MAX_MINUTES = 10

#: Upper bounds of the delivery lag's buckets, in seconds; what is longer has the label ENDLESS.
LAG_BOUNDS = (1, 2, 5, 10, 30, 60, 300, 1800, 7200, 43_200, 86_400)
ENDLESS = "inf"
_BOUNDS = (*map(str, LAG_BOUNDS), ENDLESS)
#: The state of an event that could not be stored.
ERROR = "error"


class Key(NamedTuple):
    """What is counted; `minute` is when that began, in Unix seconds, 0 for all minutes."""

    minute: int
    name: str
    label: str = ""
    endpoint: str = ""


#: Events to be counted: Unix time, state, and when the event was created, None if not answered 200.
#: `append` is atomic; each flush empties it, so it holds the events of a minute at most.
events: deque[tuple[float, str, datetime | None]] = deque()
#: Unix time from which on a flush is due: the first event of a process is written at once.
next_flush = 0.0

_lock = threading.Lock()
_counts: Counter[Key] = Counter()
#: The name of the database for which things were counted.
_database: Any = None


def count(name: str, label: str, endpoint: str = "") -> None:
    """Count something that happens now; nothing is written."""
    if _database is None:
        _note_database()
    with _lock:
        _add(_minute(time.time()), name, label[: conf.MAX_ID], endpoint)


def flush_if_due() -> None:
    """Write what was counted unless this process has done so within INTERVAL. Never raises."""
    global next_flush
    now = time.time()
    with _lock:
        if now < next_flush:
            return
        next_flush = now + INTERVAL
    flush()
    if random.random() < DELETION_SHARE:  # noqa: S311 - no secret
        _run(partial(_delete_before, now - MAX_DAYS * 86_400))


def flush() -> None:
    """Write what was counted, in one statement. Never raises: what cannot be written is kept.

    Nothing is written in a transaction of the caller's, which might be undone, and lock the rows
    for other processes until it ends. Where a connection is cut between a commit and its answer,
    the counts of a minute are written twice.
    """
    with _lock:
        _fold()
        taken = _counts.copy()
        _counts.clear()
    if taken and not _run(partial(_add_to_rows, taken)):
        with _lock:
            _counts.update(taken)
            _merge_oldest()


def flush_at_exit() -> None:
    """Write what was counted, unless that was for a database that is gone, as that of tests is."""
    if _database is None or _database == _database_name():
        flush()


def discard() -> None:
    """Forget what was counted, as a process has to that was forked from one that had counted."""
    global _lock
    _lock = threading.Lock()
    events.clear()
    _counts.clear()


def _fold() -> None:
    """Count the noted events."""
    states: Counter[tuple[int, str]] = Counter()
    bounds: Counter[tuple[int, str]] = Counter()
    seconds: Counter[int] = Counter()
    while events:
        now, state, created = events.popleft()
        minute = _minute(now)
        states[minute, state] += 1
        if created is not None:
            lag = max(0, int(now - created.timestamp()))
            bounds[minute, _BOUNDS[bisect_left(LAG_BOUNDS, lag)]] += 1
            seconds[minute] += lag
    for (minute, state), number in states.items():
        _add(minute, Counted.EVENTS, state, by=number)
    for (minute, bound), number in bounds.items():
        _add(minute, Counted.LAG, bound, by=number)
    for minute, number in seconds.items():
        _add(minute, Counted.LAG_SECONDS, "", by=number)


def _add(minute: int, name: str, label: str, endpoint: str = "", by: int = 1) -> None:
    key = Key(minute, str(name), str(label), endpoint)
    if key not in _counts:
        _merge_oldest()
        if sum(each[:2] == key[:2] for each in _counts) >= MAX_LABELS:
            key = Key(minute, key.name, OTHER)
    _counts[key] += by


def _merge_oldest() -> None:
    """Count the oldest minutes as one, where too many are held."""
    minutes = sorted({key.minute for key in _counts})
    for key in [each for each in _counts if each.minute in minutes[:-MAX_MINUTES]]:
        _counts[key._replace(minute=minutes[-MAX_MINUTES])] += _counts.pop(key)


def _minute(now: float) -> int:
    return int(now) // 60 * 60


def _run(statement: Callable[[str], Any]) -> bool:
    """Run a statement on our database, unless it would be part of the caller's transaction."""
    try:
        using = conf.database()
        _note_database()
        if transactions.is_callers(using):
            return False
        transactions.run_query(lambda: statement(using), using)
    except Exception:
        logger.warning("The counts of a minute could not be written.", exc_info=True)
        return False
    return True


def _note_database() -> None:
    global _database
    _database = _database_name()


def _database_name() -> Any:
    return connections[conf.database()].settings_dict["NAME"]


def _add_to_rows(counts: Counter[Key], using: str) -> None:
    """Add counts to the rows of their minutes, and to those of all minutes."""
    added = Counter(counts)
    for key, number in counts.items():
        added[key._replace(minute=0)] += number
    model, connection = conf.model("HealthCount"), connections[using]
    quote = connection.ops.quote_name
    table, total = quote(model._meta.db_table), quote("count")
    columns = ", ".join(quote(name) for name in (*Key._fields, "count"))
    rows = ", ".join(["(%s, %s, %s, %s, %s)"] * len(added))
    if connection.vendor == "mysql":
        change = f"ON DUPLICATE KEY UPDATE {total} = {total} + VALUES({total})"
    else:
        unique = ", ".join(map(quote, Key._fields))
        change = (
            f"ON CONFLICT ({unique}) DO UPDATE SET {total} = {table}.{total} + EXCLUDED.{total}"
        )
    # Sorted, so that two processes lock the rows in one order.
    values = [value for key, number in sorted(added.items()) for value in (*key, number)]
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {table} ({columns}) VALUES {rows} {change}", values)


def _delete_before(moment: float, using: str) -> None:
    rows = conf.model("HealthCount").objects.using(using)
    rows.filter(minute__gt=0, minute__lt=int(moment))._raw_delete(using)


atexit.register(flush_at_exit)
if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=discard)
