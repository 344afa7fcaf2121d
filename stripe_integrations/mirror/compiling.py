"""The text of the guarded upserts, compiled once per model, database and set of columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from stripe_integrations.mirror.tables import InsertedRow, Model, Table


@dataclass(frozen=True)
class Compiled:
    """A statement, and the fields whose values are its parameters."""

    sql: str
    fields: Sequence[Any] = ()
    event_fields: Sequence[Any] = ()
    trigger_fields: Sequence[Any] = ()
    part_fields: Sequence[Sequence[Any]] = ()


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
    objects, events = Table(using, model), Table(using, event_model)
    row, event = objects.row(present, alone="stripe_data"), events.row(None, alone="body")
    is_stored = f"EXISTS (SELECT 1 FROM {events.name} WHERE {events.column('pk')} = %s)"
    condition = ""
    if unless is not None:
        other, names = unless
        condition = f"AND NOT {Table(using, other).exists(names)} "
    write = (
        f"object AS (INSERT INTO {objects.name} ({row.names}) "
        f"SELECT {row.listed} FROM {objects.record} WHERE NOT {is_stored} {condition}"
        f"{_upsert(objects, present)} WHERE {objects.is_older(revives)} "
        f"RETURNING {objects.column('version')} = 1 AS is_new)"
    )
    insert = (
        f"event AS (INSERT INTO {events.name} ({event.names}) "
        f"SELECT {event.listed} FROM {events.record} "
        "WHERE EXISTS (SELECT 1 FROM object) RETURNING 1)"
    )
    statements, part_fields = [write, insert], []
    for number, (part_model, link, columns) in enumerate(parts):
        table = Table(using, part_model)
        part = table.row(columns)
        statements += _part(number, table, link, columns, part)
        part_fields.append(part.fields)
    trigger, trigger_key = InsertedRow(), "NULL"
    if trigger_model is not None:
        triggers = Table(using, trigger_model)
        trigger = triggers.row(None, but_key=True)
        statements.append(
            f"request AS (INSERT INTO {triggers.name} ({trigger.names}) "
            f"SELECT {trigger.listed} FROM {triggers.record} "
            "WHERE EXISTS (SELECT 1 FROM object) "
            f"RETURNING {triggers.column('pk')} AS key)"
        )
        trigger_key = "(SELECT key FROM request)"
    sql = f"WITH {', '.join(statements)} SELECT is_new, {trigger_key} FROM object"
    return Compiled(sql, row.fields, event.fields, trigger.fields, part_fields)


def _part(
    number: int, table: Table, link: str, columns: tuple[str, ...], row: InsertedRow
) -> list[str]:
    """Return the statements that let the rows of a list follow: those in it, and those gone."""
    items, key = f"items{number}", table.column("pk")
    version, deleted_at = table.column("version"), table.column("deleted_at")
    # They are our own account's, which takes the row of any other.
    is_written = "EXISTS (SELECT 1 FROM object)"
    kept = (
        f"kept{number} AS (INSERT INTO {table.name} ({row.names}) "
        f"SELECT {row.listed} FROM {items} WHERE {is_written} {_upsert(table, columns)})"
    )
    gone = (
        f"gone{number} AS (UPDATE {table.name} SET {deleted_at} = %s, {version} = {version} + 1 "
        f"WHERE {table.column(link)} = %s AND {table.column('account')} IS NULL "
        f"AND {deleted_at} IS NULL AND {key} NOT IN (SELECT {key} FROM {items}) AND {is_written})"
    )
    return [f"{items} AS (SELECT * FROM {table.records})", kept, gone]


@lru_cache(maxsize=64)
def compile_exists(using: str, model: Model, names: tuple[str, ...]) -> Compiled:
    """Tell whether a model has a row with certain values in some columns."""
    return Compiled(f"SELECT {Table(using, model).exists(names)}")


@lru_cache(maxsize=64)
def compile_update(
    using: str, model: Model, changed: tuple[str, ...], names: tuple[str, ...]
) -> Compiled:
    """Set some columns of the rows with certain values in others."""
    table = Table(using, model)
    changes = ", ".join(f"{table.column(name)} = %s" for name in changed)
    fields = [model._meta.get_field(name) for name in (*changed, *names)]
    return Compiled(f"UPDATE {table.name} SET {changes} WHERE {table.are_equal(names)}", fields)


@lru_cache(maxsize=512)
def compile_write_newer(
    using: str, model: Model, present: tuple[str, ...], revives: bool, inserts_only: bool
) -> Compiled:
    """Write an object if its row is older."""
    table = Table(using, model)
    guard, row = table.is_older(revives), table.row(present)
    if inserts_only:
        insert = f"INSERT INTO {table.name} ({row.names}) VALUES ({row.listed})"
        return Compiled(insert, row.fields)
    if table.vendor == "mysql":
        version, changed = table.column("version"), table.changed(present)
        values = dict(zip(row.columns, row.values, strict=True))
        columns = [table.column(each.name) for each in changed]
        changes = [f"{column} = {values[column]}" for column in columns]
        changes.append(f"{version} = {version} + 1")
        return Compiled(
            f"UPDATE {table.name} SET {', '.join(changes)} "
            f"WHERE {table.column('pk')} = %s AND {guard}",
            [each for each in row.fields if each in changed],
        )
    source = f"FROM {table.record}" if table.vendor == "postgresql" else ""
    return Compiled(
        f"INSERT INTO {table.name} ({row.names}) SELECT {row.listed} {source} WHERE TRUE "
        f"{_upsert(table, present)} WHERE {guard}",
        row.fields,
    )


def _upsert(table: Table, present: Sequence[str]) -> str:
    """Return the change of a row that is there, to the one after its version."""
    changes = [(table.column(each.name), table.new(each.name)) for each in table.changed(present)]
    return table.upsert([*changes, (table.column("version"), f"{table.old('version')} + 1")])


@lru_cache(maxsize=64)
def compile_write_versions(
    using: str, model: Model, present: tuple[str, ...], count: int
) -> Compiled:
    """Write so many objects, each if its row is the version before its own."""
    table = Table(using, model)
    old, new = table.old("version"), table.new("version")
    return _write_many(table, present, count, guard=f"{old} = {new} - 1", version=new)


@lru_cache(maxsize=64)
def compile_write_parts(using: str, model: Model, present: tuple[str, ...], count: int) -> Compiled:
    """Write so many objects, each if its row is of the same account, or may be moved to it."""
    table = Table(using, model)
    version = f"{table.old('version')} + 1"
    return _write_many(table, present, count, guard=table.is_of_account(), version=version)


def _write_many(
    table: Table, present: tuple[str, ...], count: int, *, guard: str, version: str
) -> Compiled:
    """Return the upsert of many rows, each if the guard holds, with the version that it gets."""
    row = table.row(present)
    if table.vendor == "postgresql":
        rows = f"SELECT {row.listed} FROM {table.records}"
    else:
        rows = f"VALUES {', '.join([f'({row.listed})'] * count)}"
    insert = f"INSERT INTO {table.name} ({row.names}) {rows} "
    # MySQL assigns from left to right: the version, which a guard may read, comes last.
    names = [each.name for each in table.changed(present) if each.name != "version"]
    changes = [(table.column(name), table.new(name)) for name in names]
    changes.append((table.column("version"), version))
    if table.vendor == "mysql":
        listed = ", ".join(f"{name} = IF({guard}, {value}, {name})" for name, value in changes)
        return Compiled(f"{insert}ON DUPLICATE KEY UPDATE {listed}", row.fields)
    return Compiled(f"{insert}{table.upsert(changes)} WHERE {guard}", row.fields)
