"""The text of the guarded upserts, compiled once per model, database and set of columns.

Names of columns come from Django's fields, so nothing is written by hand for a model. On PostgreSQL
a row is one parameter, a JSON object with the columns' names as keys; elsewhere each value is one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.db import connections

Model = Any

#: Set to their defaults by a snapshot that names no others.
RESET = ("deleted_at", "fetched_at", "in_doubt")


@dataclass(frozen=True)
class Compiled:
    """A statement, and the fields whose values are its parameters."""

    sql: str
    fields: Sequence[Any] = ()
    event_fields: Sequence[Any] = ()
    trigger_fields: Sequence[Any] = ()
    part_fields: Sequence[Sequence[Any]] = ()


@dataclass
class _Insertion:
    """The columns and values of an INSERT; `fields` are those whose values are parameters."""

    columns: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    fields: list[Any] = field(default_factory=list)

    @property
    def names(self) -> str:
        return ", ".join(self.columns)

    @property
    def row(self) -> str:
        return ", ".join(self.values)


@lru_cache(maxsize=512)
def compile_insert_event(
    using: str,
    model: Model,
    present: tuple[str, ...],
    revives: bool,
    event_model: Model,
    trigger_model: Model | None,
    parts: tuple[tuple[Model, str, tuple[str, ...]], ...],
    unless: tuple[Model, tuple[str, ...]] | None,
) -> Compiled:
    """Write an object, its parts, its event and that one's trigger, or nothing; for PostgreSQL.

    Parts are models with the columns of their links to the object, and the columns of their rows.
    `unless` is a model with some of its columns: nothing is written if it has a row with certain
    values in these. The whole object, and the event's body, are parameters before those of their
    rows: inside of these they would be escaped.
    """
    row = _insertion(using, model, present, alone="stripe_data")
    event = _insertion(using, event_model, None, alone="body")
    events, event_key = _table(using, event_model), _quoted(using, event_model, "pk")
    condition = f"AND NOT {_exists(using, *unless)} " if unless else ""
    upsert = (
        f"object AS (INSERT INTO {_table(using, model)} ({row.names}) "
        f"SELECT {row.row} FROM {_record(using, model)} "
        f"WHERE NOT EXISTS (SELECT 1 FROM {events} WHERE {event_key} = %s) {condition}"
        f"{_upsert(using, model, present)} WHERE {_is_older(using, model, revives)} "
        f"RETURNING {_quoted(using, model, 'version')} AS version)"
    )
    insert = (
        f"event AS (INSERT INTO {events} ({event.names}) "
        f"SELECT {event.row} FROM {_record(using, event_model)} "
        "WHERE EXISTS (SELECT 1 FROM object) RETURNING 1)"
    )
    statements, said = [upsert, insert], "NULL"
    part_fields = []
    for number, (part_model, link, columns) in enumerate(parts):
        part = _insertion(using, part_model, columns)
        statements += _part(using, number, part_model, link, columns, part)
        part_fields.append(part.fields)
    trigger = _Insertion()
    if trigger_model is not None:
        trigger = _insertion(using, trigger_model, None, but_key=True)
        statements.append(
            f"request AS (INSERT INTO {_table(using, trigger_model)} ({trigger.names}) "
            f"SELECT {trigger.row} FROM {_record(using, trigger_model)} "
            "WHERE EXISTS (SELECT 1 FROM object) "
            f"RETURNING {_quoted(using, trigger_model, 'pk')} AS key)"
        )
        said = "(SELECT key FROM request)"
    sql = f"WITH {', '.join(statements)} SELECT version, {said} FROM object"
    return Compiled(sql, row.fields, event.fields, trigger.fields, part_fields)


def _part(
    using: str, number: int, model: Model, link: str, columns: tuple[str, ...], row: _Insertion
) -> list[str]:
    """Return the statements that let the rows of a list follow: those in it, and those gone."""
    table, key = _table(using, model), _quoted(using, model, "pk")
    version, account = _quoted(using, model, "version"), _quoted(using, model, "account")
    deleted_at = _quoted(using, model, "deleted_at")
    items = f"items{number}"
    changes = [
        f"{_quoted(using, model, each.name)} = {_new(using, model, each.name)}"
        for each in _changed(model, columns)
    ]
    # They are our own account's, which takes the row of any other.
    is_written = "EXISTS (SELECT 1 FROM object)"
    kept = (
        f"kept{number} AS (INSERT INTO {table} ({row.names}) SELECT {row.row} FROM {items} "
        f"WHERE {is_written} ON CONFLICT ({key}) DO UPDATE SET "
        f"{', '.join(changes)}, {version} = {table}.{version} + 1)"
    )
    gone = (
        f"gone{number} AS (UPDATE {table} SET {deleted_at} = %s, {version} = {version} + 1 "
        f"WHERE {_quoted(using, model, link)} = %s AND {account} IS NULL "
        f"AND {deleted_at} IS NULL AND {key} NOT IN (SELECT {key} FROM {items}) AND {is_written})"
    )
    return [f"{items} AS (SELECT * FROM {_records(using, model)})", kept, gone]


@lru_cache(maxsize=64)
def compile_exists(using: str, model: Model, names: tuple[str, ...]) -> Compiled:
    """Tell whether a model has a row with certain values in some columns."""
    return Compiled(f"SELECT {_exists(using, model, names)}")


def _exists(using: str, model: Model, names: tuple[str, ...]) -> str:
    found = _are_equal(using, model, names)
    return f"EXISTS (SELECT 1 FROM {_table(using, model)} WHERE {found})"


def _are_equal(using: str, model: Model, names: Sequence[str]) -> str:
    return " AND ".join(f"{_quoted(using, model, name)} = %s" for name in names)


@lru_cache(maxsize=64)
def compile_update(
    using: str, model: Model, changed: tuple[str, ...], names: tuple[str, ...]
) -> Compiled:
    """Set some columns of the rows with certain values in others."""
    changes = ", ".join(f"{_quoted(using, model, name)} = %s" for name in changed)
    found = _are_equal(using, model, names)
    fields = [model._meta.get_field(name) for name in (*changed, *names)]
    return Compiled(f"UPDATE {_table(using, model)} SET {changes} WHERE {found}", fields)


@lru_cache(maxsize=512)
def compile_write_newer(
    using: str, model: Model, present: tuple[str, ...], revives: bool, inserts_only: bool
) -> Compiled:
    """Write an object if its row is older."""
    table, guard = _table(using, model), _is_older(using, model, revives)
    row = _insertion(using, model, present)
    if inserts_only:
        return Compiled(f"INSERT INTO {table} ({row.names}) VALUES ({row.row})", row.fields)
    vendor = connections[using].vendor
    if vendor == "mysql":
        version, key = _quoted(using, model, "version"), _quoted(using, model, "pk")
        changed = _changed(model, present)
        values = dict(zip(row.columns, row.values, strict=True))
        changes = [f"{_column(using, each)} = {values[_column(using, each)]}" for each in changed]
        changes.append(f"{version} = {version} + 1")
        return Compiled(
            f"UPDATE {table} SET {', '.join(changes)} WHERE {key} = %s AND {guard}",
            [each for each in row.fields if each in changed],
        )
    source = f"FROM {_record(using, model)}" if vendor == "postgresql" else ""
    return Compiled(
        f"INSERT INTO {table} ({row.names}) SELECT {row.row} {source} WHERE TRUE "
        f"{_upsert(using, model, present)} WHERE {guard}",
        row.fields,
    )


@lru_cache(maxsize=64)
def compile_write_versions(
    using: str, model: Model, present: tuple[str, ...], count: int
) -> Compiled:
    """Write so many objects, each if its row is the version before its own."""
    old, new = _old(using, model, "version"), _new(using, model, "version")
    return _write_many(using, model, present, count, guard=f"{old} = {new} - 1", version=new)


@lru_cache(maxsize=64)
def compile_write_parts(using: str, model: Model, present: tuple[str, ...], count: int) -> Compiled:
    """Write so many objects, each if its row is of the same account, or may be moved to it."""
    guard, old = _is_of_account(using, model), _old(using, model, "version")
    return _write_many(using, model, present, count, guard=guard, version=f"{old} + 1")


def _write_many(
    using: str, model: Model, present: tuple[str, ...], count: int, *, guard: str, version: str
) -> Compiled:
    """Return the upsert of many rows, each if the guard holds, with the version that it gets."""
    table, row = _table(using, model), _insertion(using, model, present)
    vendor = connections[using].vendor
    if vendor == "postgresql":
        rows = f"SELECT {row.row} FROM {_records(using, model)}"
    else:
        rows = f"VALUES {', '.join([f'({row.row})'] * count)}"
    insert = f"INSERT INTO {table} ({row.names}) {rows} "
    # MySQL assigns from left to right: the version, which a guard may read, comes last.
    changed = [each.name for each in _changed(model, present) if each.name != "version"]
    changes = [(_quoted(using, model, name), _new(using, model, name)) for name in changed]
    changes.append((_quoted(using, model, "version"), version))
    if vendor == "mysql":
        listed = ", ".join(f"{name} = IF({guard}, {value}, {name})" for name, value in changes)
        return Compiled(f"{insert}ON DUPLICATE KEY UPDATE {listed}", row.fields)
    listed = ", ".join(f"{name} = {value}" for name, value in changes)
    key = _quoted(using, model, "pk")
    return Compiled(f"{insert}ON CONFLICT ({key}) DO UPDATE SET {listed} WHERE {guard}", row.fields)


def _insertion(
    using: str,
    model: Model,
    present: Sequence[str] | None,
    *,
    but_key: bool = False,
    alone: str = "",
) -> _Insertion:
    """Return the INSERT of a row; an absent column gets its default, if plain as a literal.

    `present` is None for a row that has all its columns. `alone` is a column that is a parameter
    before the others and in none of `fields`.
    """
    made = _Insertion()
    has_names = connections[using].vendor == "postgresql"
    for each in model._meta.concrete_fields:
        if but_key and each.primary_key:
            continue
        is_made = each.has_default() and callable(each.default)
        is_given = present is None or each.attname in present or is_made
        literal = None if is_given else _literal(each.get_default())
        made.columns.append(_column(using, each))
        if each.attname == alone:
            literal = f"%s::{each.db_type(connections[using])}"
        elif literal is None:
            made.fields.append(each)
            literal = _column(using, each) if has_names else "%s"
        made.values.append(literal)
    return made


def _literal(value: Any) -> str | None:
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        return str(value).upper()
    if type(value) is int:
        return str(value)
    return "''" if value == "" else None


def _changed(model: Model, present: Sequence[str]) -> list[Any]:
    """Return the fields that an update sets."""
    return [
        each
        for each in model._meta.concrete_fields
        if not each.primary_key and (each.attname in present or each.attname in RESET)
    ]


def _upsert(using: str, model: Model, present: Sequence[str]) -> str:
    table, version = _table(using, model), _quoted(using, model, "version")
    columns = [_column(using, each) for each in _changed(model, present)]
    changes = [f"{each} = EXCLUDED.{each}" for each in columns]
    changes.append(f"{version} = {table}.{version} + 1")
    return f"ON CONFLICT ({_quoted(using, model, 'pk')}) DO UPDATE SET {', '.join(changes)}"


def _is_older(using: str, model: Model, revives: bool) -> str:
    table = _table(using, model)
    guard = (
        f"{table}.{_quoted(using, model, 'as_of')} < %s "
        f"AND {table}.{_quoted(using, model, 'account')} IS NULL"
    )
    if not revives:
        guard += f" AND {table}.{_quoted(using, model, 'deleted_at')} IS NULL"
    return guard


def _is_of_account(using: str, model: Model) -> str:
    """Return the guard of a part's row: of another account, it is moved by what is certain.

    Nobody else can sign our own account's events. Between two connected accounts, only what the API
    has shown counts.
    """
    old, new = _old(using, model, "account"), _new(using, model, "account")
    is_shown = " AND ".join(
        (
            f"{old} IS NOT NULL",
            f"{_new(using, model, 'fetched_at')} IS NOT NULL",
            f"{_new(using, model, 'deleted_at')} IS NULL",
        )
    )
    return f"({old} = {new} OR {new} IS NULL OR ({is_shown}))"


def _old(using: str, model: Model, name: str) -> str:
    """Return a column of the row that is there, in an upsert."""
    column = _quoted(using, model, name)
    is_mysql = connections[using].vendor == "mysql"
    return column if is_mysql else f"{_table(using, model)}.{column}"


def _new(using: str, model: Model, name: str) -> str:
    """Return a column of the row that was to be inserted, in an upsert."""
    column = _quoted(using, model, name)
    return f"VALUES({column})" if connections[using].vendor == "mysql" else f"EXCLUDED.{column}"


def _records(using: str, model: Model) -> str:
    return f"json_populate_recordset(NULL::{_table(using, model)}, %s)"


def _record(using: str, model: Model) -> str:
    """Return the row that a parameter holds, which PostgreSQL gives the types of the table."""
    return f"json_populate_record(NULL::{_table(using, model)}, %s)"


def _table(using: str, model: Model) -> str:
    return connections[using].ops.quote_name(model._meta.db_table)


def _column(using: str, each: Any) -> str:
    return connections[using].ops.quote_name(each.column)


def _quoted(using: str, model: Model, name: str) -> str:
    options = model._meta
    return _column(using, options.pk if name == "pk" else options.get_field(name))
