"""Tables of other libraries, found by introspection and read in batches.

Their models are not imported: the library need not be installed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from typing import Any

from django.db import connections
from django.utils import timezone as zones
from django.utils.dateparse import parse_datetime

from stripe_integrations import conf

#: Rows that are read at once, and whose import is one transaction.
BATCH = 200

Row = dict[str, Any]


class CannotImport(Exception):
    """Tables cannot be imported as they are; the message says what to do."""


@dataclass(frozen=True)
class ForeignTable:
    """A table that is not ours, in the database of our own."""

    name: str
    columns: frozenset[str]

    def count(self) -> int:
        """Return the number of rows."""
        found: int = _fetch(self._select("COUNT(*)"))[0][0]
        return found

    def batches(self, key: str, columns: Sequence[str]) -> Iterator[list[Row]]:
        """Return the rows in the order of a unique column, some at a time, with these columns.

        A column that the table does not have is None.
        """
        there = [name for name in dict.fromkeys((key, *columns)) if name in self.columns]
        listed = ", ".join(map(_quoted, there))
        # By key, not by offset: each batch begins where the last one ended.
        select = self._select(listed)
        order = f" ORDER BY {_quoted(key)} LIMIT {BATCH}"
        found = _fetch(f"{select}{order}")
        while found:
            rows = [dict(zip(there, values, strict=True)) for values in found]
            yield [{**dict.fromkeys(columns), **row} for row in rows]
            found = _fetch(f"{select} WHERE {_quoted(key)} > %s{order}", [rows[-1][key]])

    def values(self, column: str, *, distinct: bool = False) -> list[Any]:
        """Return the values of a column that are not null."""
        name, only = _quoted(column), "DISTINCT " if distinct else ""
        select = self._select(f"{only}{name}")
        return [row[0] for row in _fetch(f"{select} WHERE {name} IS NOT NULL")]

    def pairs(self, key: str, column: str, keys: Sequence[Any] | None = None) -> dict[Any, Any]:
        """Return one column by another, of all rows or of those with these keys."""
        select = self._select(f"{_quoted(key)}, {_quoted(column)}")
        if keys is None:
            return dict(_fetch(select))
        if not keys:
            return {}
        places = ", ".join(["%s"] * len(keys))
        return dict(_fetch(f"{select} WHERE {_quoted(key)} IN ({places})", list(keys)))

    def _select(self, what: str) -> str:
        return f"SELECT {what} FROM {_quoted(self.name)}"  # noqa: S608 - quoted names

    def target(self, column: str) -> tuple[str, str] | None:
        """Return the table and the column that a foreign key leads to, None without one."""
        connection = connections[conf.database()]
        with connection.cursor() as cursor:
            relation = connection.introspection.get_relations(cursor, self.name).get(column)
        return None if relation is None else (relation[1], relation[0])


def all_tables() -> list[str]:
    """Return the names of all tables."""
    return connections[conf.database()].introspection.table_names()


def find_table(name: str) -> ForeignTable | None:
    """Return a table with its columns, None if there is none."""
    connection = connections[conf.database()]
    with connection.cursor() as cursor:
        if name not in connection.introspection.table_names(cursor):
            return None
        # Of a description, SQLite's part takes 10 ms a table, for more than the names.
        cursor.execute(f"SELECT * FROM {_quoted(name)} WHERE 1 = 0")  # noqa: S608 - a quoted name
        return ForeignTable(name, frozenset(column[0] for column in cursor.description))


def from_json(value: Any) -> Any:
    """Return the value of a JSON column, which the driver gives as text; None for what is none."""
    if not isinstance(value, (str, bytes)):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None


def seconds(value: Any) -> int | None:
    """Return the value of a column of times in Unix seconds, None for what is no time."""
    if isinstance(value, str):
        try:
            value = parse_datetime(value)
        except ValueError:
            return None
    if not isinstance(value, datetime):
        return None
    if value.tzinfo is None:
        stored_in = connections[conf.database()].timezone or zones.get_default_timezone()
        value = value.replace(tzinfo=stored_in)
    return int(value.astimezone(timezone.utc).timestamp())


def _quoted(name: str) -> str:
    return connections[conf.database()].ops.quote_name(name)


def _fetch(statement: str, params: Sequence[Any] = ()) -> list[Any]:
    with connections[conf.database()].cursor() as cursor:
        cursor.execute(statement, list(params) or None)
        return list(cursor.fetchall())
