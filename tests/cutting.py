"""Connections to the database that its server cuts, as an administrator or a failover does."""

import threading
import time
from contextlib import closing, contextmanager, suppress

from django.db import DatabaseError, connection, connections

#: Seconds that the server may take to end a connection.
PATIENCE = 10

LIST = {
    "mysql": "SELECT id FROM information_schema.processlist WHERE db = DATABASE()",
    "postgresql": "SELECT pid FROM pg_stat_activity WHERE datname = current_database()",
}
END = {"mysql": "KILL %s", "postgresql": "SELECT pg_terminate_backend(%s)"}

#: What a connection does, besides statements, between one transaction and the next.
TRANSACTION_CALLS = ("_set_autocommit", "_commit", "_rollback")


def cut_others():
    """End all connections to the test's database but this thread's; return how many those were."""
    with closing(connection.copy()) as ours, ours.cursor() as cursor:
        found = _listed(cursor) - {number(each) for each in (ours, connection) if each.connection}
        _end(cursor, found)
        return len(found)


def cut_one(victim):
    """End one connection, and wait until the server has done so."""
    with closing(victim.copy()) as ours, ours.cursor() as cursor:
        _end(cursor, {number(victim)})
        give_up = time.monotonic() + PATIENCE
        while number(victim) in _listed(cursor):
            assert time.monotonic() < give_up, "The connection does not end."
            time.sleep(0.001)


def number(wrapper):
    """Return the server's number of a connection."""
    if wrapper.vendor == "mysql":
        return wrapper.connection.thread_id()
    return wrapper.connection.info.backend_pid


def _listed(cursor):
    cursor.execute(LIST[cursor.db.vendor])
    return {row[0] for row in cursor.fetchall()}


def _end(cursor, numbers):
    for each in numbers:
        with suppress(DatabaseError):  # it has ended by itself
            cursor.execute(END[cursor.db.vendor], [each])


class Scissors:
    """Cuts the connection of one thread just before the call of a number, counted from 1."""

    def __init__(self):
        self.thread = None
        self.at = None
        self.count = 0
        self.was = None

    def before(self, wrapper, name):
        is_theirs = threading.get_ident() == self.thread and wrapper is connections[wrapper.alias]
        if not is_theirs or wrapper.connection is None or self.at is None:
            return
        self.count += 1
        if self.count == self.at:
            self.was = name
            cut_one(wrapper)

    @contextmanager
    def cutting(self, at):
        """Cut within the block, at the call of this number."""
        self.at, self.count, self.was = at, 0, None
        try:
            yield
        finally:
            self.at = None


def install(monkeypatch):
    """Return scissors that see each call of a connection that is sent to the server."""
    scissors = Scissors()
    model = type(connections["default"])

    def watch(name):
        original = getattr(model, name)

        def call(self, *args, **kwargs):
            scissors.before(self, name)
            return original(self, *args, **kwargs)

        monkeypatch.setattr(model, name, call)

    for name in (*TRANSACTION_CALLS, "create_cursor"):
        watch(name)
    return scissors
