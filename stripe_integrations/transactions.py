"""One transaction that is tried again when the database, not the work, is why it failed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeVar

from django.db import (
    IntegrityError,
    InterfaceError,
    OperationalError,
    connections,
    transaction,
)

Result = TypeVar("Result")

ATTEMPTS = 6

# PostgreSQL: serialization failure, deadlock. MySQL and MariaDB: row changed since the snapshot,
# lock wait timeout, deadlock. SQLite has only words.
PASSING_SQLSTATES = {"40001", "40P01"}
PASSING_ERRNOS = {1020, 1205, 1213}
PASSING_WORDS = ("locked", "busy")

# With these, MySQL and MariaDB undo the whole transaction, not the statement alone: row changed
# since the snapshot, table of locks full, deadlock; if the server is set so, lock wait timeout.
UNDOING_ERRNOS = {1020, 1206, 1213}
LOCK_WAIT_TIMEOUT = 1205

#: libpq's PQTRANS_INERROR.
IN_ERROR = 3


class LostRace(IntegrityError):
    """Somebody else inserted the same row first; the next attempt finds it."""


def run_atomic(work: Callable[[], Result], *databases: str) -> Result:
    """Run `work` in a transaction of its own and return its result, in a few attempts.

    With several databases, it is a transaction on each, and the first one is committed last.
    Where the server cuts a connection, it is run once more on a new one. Inside a transaction
    of the caller's it is a savepoint: there only a lost race is tried again, since a deadlock has
    undone the caller's work too. Raises what the last attempt raised.
    """
    was_cut = False
    for attempt in range(1, ATTEMPTS + 1):
        for using in databases:
            close_if_cut(using)
        nested = any(list(map(is_callers, databases)))  # each is connected
        held = [connections[using].connection for using in databases]
        try:
            with ExitStack() as stack:
                for using in databases:
                    stack.enter_context(_atomic(using))
                return work()
        except (IntegrityError, InterfaceError, OperationalError) as error:
            is_cut = not nested and held != [connections[using].connection for using in databases]
            passing = isinstance(error, LostRace) or (not nested and is_passing(error))
            if attempt == ATTEMPTS or not (passing or (is_cut and not was_cut)):
                raise
            was_cut = was_cut or is_cut
        time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
    raise AssertionError  # the last attempt returns or raises


def run_statement(statement: Callable[[], Result], using: str) -> Result:
    """Run one statement, which needs no transaction of its own; retry it as `run_atomic` does."""
    for attempt in range(1, ATTEMPTS):
        try:
            return run_query(statement, using)
        except OperationalError as error:
            if is_callers(using) or not is_passing(error):
                raise
        time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311
    return run_query(statement, using)


def refuse_callers(*databases: str) -> None:
    """Raise RuntimeError inside a transaction of the caller's.

    That of a Django TestCase does not count, as with `atomic(durable=True)`.
    """
    if any(is_callers(using) and not _is_of_test_case(using) for using in databases):
        raise RuntimeError(
            "An event cannot be processed inside a transaction, which would undo what is kept of a "
            "failed one: put @transaction.non_atomic_requests on the view if ATOMIC_REQUESTS is "
            "set, and call it outside of `transaction.atomic()`."
        )


def _is_of_test_case(using: str) -> bool:
    blocks = connections[using].atomic_blocks
    return bool(blocks) and bool(blocks[-1]._from_testcase)  # type: ignore[attr-defined]


def run_query(query: Callable[[], Result], using: str) -> Result:
    """Run a query and return its result; where its connection is cut, run it on a new one.

    Inside a transaction of the caller's it is not run again.
    """
    close_if_cut(using)
    nested = is_callers(using)
    held = connections[using].connection
    try:
        return query()
    except (InterfaceError, OperationalError):
        close_if_cut(using)
        if nested or connections[using].connection is held:
            raise
    return query()


def close_if_cut(using: str) -> None:
    """Close a connection that has failed and is dead, so that the next statement opens a new one.

    Django does so between requests; workers and commands have none. A transaction of the caller's
    is left alone.
    """
    connection = connections[using]
    if connection.connection is None or connection.in_atomic_block or not connection.autocommit:
        return
    if connection.errors_occurred:
        if connection.is_usable():
            connection.errors_occurred = False
        else:
            connection.close()


def close_if_dead(using: str) -> None:
    """Close a connection that is dead, also if no statement has met that yet; one round trip.

    A transaction of the caller's is left alone.
    """
    connection = connections[using]
    if connection.connection is not None and not is_callers(using):
        connection.errors_occurred = True
        close_if_cut(using)


@contextmanager
def _atomic(using: str) -> Iterator[None]:
    """Be Django's `atomic`, and leave a usable connection where the server cuts it.

    Cut while autocommit is off, it stays so, and the next `atomic` fails before it has begun and
    never ends: the thread has no connection any more.
    """
    connection = connections[using]
    in_block, autocommit = connection.in_atomic_block, connection.get_autocommit()
    try:
        with transaction.atomic(using=using):
            yield
    finally:
        if not in_block and autocommit:
            if not connection.autocommit:
                connection.close()
            close_if_cut(using)
        elif not in_block:  # the caller's is one that it ends without `atomic`
            connection.in_atomic_block = False


def is_callers(using: str) -> bool:
    """Tell whether the transaction is the caller's."""
    connection = connections[using]
    return connection.in_atomic_block or not connection.get_autocommit()


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


@contextmanager
def watched(*databases: str) -> Iterator[None]:
    """Note, for `finish`, each error of a statement that has undone the whole transaction.

    PostgreSQL refuses what follows such an error; MySQL and MariaDB begin another transaction
    without a word, and would commit that.
    """
    with ExitStack() as stack:
        for using in databases:
            if connections[using].vendor == "mysql":
                stack.enter_context(connections[using].execute_wrapper(_note_undone))
        yield


def _note_undone(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any
) -> Any:
    try:
        return execute(sql, params, many, context)
    except OperationalError as error:
        connection = context["connection"]
        if _has_undone_all(error, connection):
            connection.set_rollback(True)
            connection.rollback_exc = error
        raise


def _has_undone_all(error: OperationalError, connection: Any) -> bool:
    if error.args[0] != LOCK_WAIT_TIMEOUT:
        return error.args[0] in UNDOING_ERRNOS
    with connection.cursor() as cursor:
        cursor.execute("SELECT @@innodb_rollback_on_timeout")
        return bool(cursor.fetchone()[0])


def finish(using: str) -> None:
    """Close the work of somebody else's code, which ran inside a transaction of `run_atomic`.

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
