"""The contenders' databases: made, looked into, and dropped."""

from __future__ import annotations

import random
from collections import Counter
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from benchmarks.contenders import Contender
from benchmarks.load import Load

#: Objects of each load that are compared with what was sent, attribute by attribute.
SAMPLE = 50


class Databases:
    """The databases of a server, named by any URL of it."""

    def __init__(self, url: str) -> None:
        self.server = urlsplit(url)

    @property
    def address(self) -> tuple[str, int]:
        return self.server.hostname or "127.0.0.1", self.server.port or 5432

    def url(self, name: str, port: int | None = None) -> str:
        """Return the URL of a database, behind a proxy at a port of this host if that is given."""
        user, at, _ = self.server.netloc.rpartition("@")
        netloc = f"{user}{at}127.0.0.1:{port}" if port else self.server.netloc
        return urlunsplit(("postgresql", netloc, f"/{name}", "", ""))

    def create(self, name: str) -> None:
        self.drop(name)
        self._on_the_server("CREATE DATABASE {}", name)

    def drop(self, name: str) -> None:
        self._on_the_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)

    def _on_the_server(self, statement: str, name: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(sql.Identifier(name)))

    def check(self, contender: Contender, events: int, last: Load) -> None:
        """Exit unless what was sent is stored and no more: so many events, with the last load."""
        with psycopg.connect(self.url(contender.database)) as connection:
            _expect(connection, contender, contender.events, contender.done, events)
            for table, condition in contender.extra.items():
                _expect(connection, contender, table, condition, events)
            revised = f"{contender.data} -> 'metadata' ->> 'revision' = '2'"
            for table, kinds in Counter(contender.objects.values()).items():
                _expect(connection, contender, table, revised, kinds * events // 10)
            _compare_a_sample(connection, contender, last)

    def sizes(self, contender: Contender) -> list[tuple[str, int, float]]:
        """Return what is kept, how many rows of it, and the bytes of each with its indexes."""
        groups = {
            "events": [contender.events],
            "triggers": list(contender.extra),
            "mirrors": sorted(set(contender.objects.values())),
        }
        sizes = []
        with psycopg.connect(self.url(contender.database)) as connection:
            for what, tables in groups.items():
                rows = sum(_count(connection, table, "true") for table in tables)
                size = "SELECT pg_total_relation_size(%s::regclass)"
                total = sum(connection.execute(size, [table]).fetchone()[0] for table in tables)
                if rows:
                    sizes.append((what, rows, total / rows))
        return sizes


def _count(connection: psycopg.Connection, table: str, condition: str) -> int:
    return connection.execute(f"SELECT count(*) FROM {table} WHERE {condition}").fetchone()[0]


def _expect(
    connection: psycopg.Connection, contender: Contender, table: str, condition: str, rows: int
) -> None:
    found = _count(connection, table, "true"), _count(connection, table, condition)
    if found != (rows, rows):
        raise SystemExit(
            f"{contender.name}: {table} must have {rows} rows that are done; "
            f"it has {found[0]}, of which {found[1]} are."
        )


def _compare_a_sample(connection: psycopg.Connection, contender: Contender, load: Load) -> None:
    things = load.final_objects()
    for thing in random.sample(things, min(SAMPLE, len(things))):
        table = contender.objects[thing["object"]]
        statement = f"SELECT {contender.data} FROM {table} WHERE id = %s"
        row = connection.execute(statement, [thing["id"]]).fetchone()
        stored = row[0] if row else {}
        for key, value in thing.items():
            # dj-stripe reads some objects with others in place of their ids.
            found = stored.get(key)
            if found != value and not (isinstance(found, dict) and found.get("id") == value):
                raise SystemExit(f"{contender.name}: {key} of {thing['id']} is not what was sent.")
