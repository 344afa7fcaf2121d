"""One transaction that is tried again when the database, not the work, is why it failed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import IntegrityError, OperationalError, connections, transaction

Result = TypeVar("Result")

ATTEMPTS = 6

# PostgreSQL: serialization failure, deadlock. MySQL and MariaDB: row changed since the snapshot,
# lock wait timeout, deadlock. SQLite has only words.
PASSING_SQLSTATES = {"40001", "40P01"}
PASSING_ERRNOS = {1020, 1205, 1213}
PASSING_WORDS = ("locked", "busy")

#: libpq's PQTRANS_INERROR.
IN_ERROR = 3


class LostRace(IntegrityError):
    """Somebody else inserted the same row first; the next attempt finds it."""


def run(work: Callable[[], Result], using: str) -> Result:
    """Run `work` in a transaction of its own and return its result, in a few attempts.

    Inside a transaction of the caller's it is a savepoint: there only a lost race is tried again,
    since a deadlock has undone the caller's work too. Raises what the last attempt raised.
    """
    for attempt in range(1, ATTEMPTS + 1):
        nested = connections[using].in_atomic_block
        try:
            with transaction.atomic(using=using):
                return work()
        except (IntegrityError, OperationalError) as error:
            passing = isinstance(error, LostRace) or (not nested and is_passing(error))
            if attempt == ATTEMPTS or not passing:
                raise
        time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
    raise AssertionError  # the last attempt returns or raises


def is_passing(error: Exception) -> bool:
    """Tell whether the database says that the same work may succeed if done again."""
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) in PASSING_SQLSTATES:
        return True
    number = error.args[0] if error.args else None
    words = str(error).lower()
    return number in PASSING_ERRNOS or (
        type(cause).__module__ == "sqlite3" and any(word in words for word in PASSING_WORDS)
    )


def finish(using: str) -> None:
    """Close the work of somebody else's code, which ran inside a transaction of `run`.

    Raises TransactionManagementError if it swallowed a database error, so that nothing it did
    would be kept. An exception in one of its `on_commit` hooks will be logged and stop no other.
    """
    connection = connections[using]
    if connection.needs_rollback or _is_aborted(connection):
        raise transaction.TransactionManagementError(
            "A database error was caught and not raised on, so the transaction cannot be "
            "committed: wrap what may fail in `with transaction.atomic():`."
        )
    hooks: list[Any] = connection.run_on_commit
    hooks[:] = [(savepoints, hook, True) for savepoints, hook, _robust in hooks]


def non_atomic(view: Callable[..., Any]) -> Callable[..., Any]:
    """Keep a view out of ATOMIC_REQUESTS, on every database."""
    for alias in connections:
        view = transaction.non_atomic_requests(using=alias)(view)
    return view


def _is_aborted(connection: Any) -> bool:
    # PostgreSQL makes a ROLLBACK of the COMMIT of a failed transaction, and reports no error.
    if connection.vendor != "postgresql":
        return False
    return bool(connection.connection.info.transaction_status == IN_ERROR)
