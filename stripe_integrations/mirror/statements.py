"""The guarded upsert: an object is written if its row is older, by one statement.

`compiling` has the text. What a guard does not cover is left to `write`, which goes through the
ORM.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connections, models
from django.db.models.signals import post_save, pre_save

from stripe_integrations.mirror import compiling
from stripe_integrations.mirror.upserts import PartRows, Upsert
from stripe_integrations.signals import mirror_changed

Model = Any

#: Rows of one statement; SQLite takes some 32,000 parameters.
MAX_ROWS = 500

#: Whose columns are written as Django's own fields do, also without these.
PLAIN_FIELDS = ("django.db.models.", "stripe_integrations.")


class EncodedObject(dict[str, Any]):
    """A Stripe object with the JSON text for PostgreSQL, made outside the writing thread."""

    def __init__(self, data: dict[str, Any]) -> None:
        super().__init__(data)
        self.text = _json(data)


class EventWritten(NamedTuple):
    """What was written: whether the object had no row before, and the key of the trigger's row."""

    is_new: bool
    trigger_key: Any


def is_plain(model: Model) -> bool:
    """Tell whether rows of a model may be written without instances, since nobody listens."""
    is_told = is_heard(model) or mirror_changed.has_listeners(model)
    return not is_told and _has_plain_columns(model)


def is_heard(model: Model) -> bool:
    """Tell whether a model has receivers of Django's save signals."""
    return bool(pre_save.has_listeners(model) or post_save.has_listeners(model))


def insert_event(
    using: str,
    upsert: Upsert,
    event_model: Model,
    event: Mapping[str, Any],
    trigger_model: Model | None,
    trigger: Mapping[str, Any],
) -> EventWritten | None:
    """Write an object and its parts if it is newer, and insert its event and the trigger, if any.

    One statement, for PostgreSQL. The mappings hold all columns. Returns None where nothing was
    written: the row is not older, or the event is there already.
    """
    parts = tuple((each.model, each.link, each.columns) for each in upsert.parts)
    unless, named = upsert.unless or (None, {})
    compiled = compiling.compile_insert_event(
        using,
        upsert.model,
        tuple(upsert.values),
        upsert.is_creation,
        event_model,
        trigger_model,
        parts,
        unless and (unless, tuple(named)),
    )
    params: list[Any] = [
        _json(upsert.values["stripe_data"]),
        _record(compiled.fields, upsert.values),
    ]
    params += [event["id"], *named.values(), upsert.than]
    params += [event["body"], _record(compiled.event_fields, event)]
    for each, fields in zip(upsert.parts, compiled.part_fields, strict=True):
        records = [_record(fields, row) for row in each.rows]
        params += [f"[{', '.join(records)}]", each.gone_at.isoformat(), each.owner]
    if trigger_model is not None:
        params.append(_record(compiled.trigger_fields, trigger))
    with connections[using].cursor() as cursor:
        cursor.execute(compiled.sql, params)
        found = cursor.fetchone()
    return None if found is None else EventWritten(*found)


def takes_text(using: str) -> bool:
    """Tell whether a row is sent as text, of which `EncodedObject` can be a part."""
    return bool(connections[using].vendor == "postgresql")


def update(using: str, model: Model, changes: Mapping[str, Any], where: Mapping[str, Any]) -> int:
    """Set columns of the rows with certain values in others; return how many; one statement."""
    connection = connections[using]
    compiled = compiling.compile_update(using, model, tuple(changes), tuple(where))
    values = [*changes.values(), *where.values()]
    with connection.cursor() as cursor:
        cursor.execute(
            compiled.sql,
            [
                each.get_db_prep_save(value, connection)
                for each, value in zip(compiled.fields, values, strict=True)
            ],
        )
        return int(cursor.rowcount)


def exists(using: str, model: Model, columns: Mapping[str, str]) -> bool:
    """Tell whether a model has a row with these columns; one statement."""
    compiled = compiling.compile_exists(using, model, tuple(columns))
    with connections[using].cursor() as cursor:
        cursor.execute(compiled.sql, list(columns.values()))
        return bool(cursor.fetchone()[0])


def write_newer(using: str, upsert: Upsert) -> bool:
    """Write an object if it is newer, and tell whether it was; one statement.

    MySQL and MariaDB have no guarded upsert: a creation is inserted, which raises IntegrityError
    if there is a row; anything else updates a row that is there.
    """
    connection = connections[using]
    inserts_only = connection.vendor == "mysql" and upsert.is_creation
    compiled = compiling.compile_write_newer(
        using, upsert.model, tuple(upsert.values), upsert.is_creation, inserts_only
    )
    params = _params(connection, compiled.fields, [upsert.values])
    if connection.vendor == "mysql" and not inserts_only:
        params.append(upsert.values["id"])
    if not inserts_only:
        params.append(upsert.than)
    with connection.cursor() as cursor:
        cursor.execute(compiled.sql, params)
        return bool(cursor.rowcount)


def write_versions(using: str, model: Model, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Write many objects, each if its row still is the version before its own; one statement.

    All `rows` have the same columns, `version` among them: 1 for a row that is to be inserted, else
    one more than the version that was seen. Tells whether all were written.
    """
    if not rows:
        return True
    connection = connections[using]
    compiled = compiling.compile_write_versions(using, model, tuple(rows[0]), len(rows))
    with connection.cursor() as cursor:
        cursor.execute(compiled.sql, _rows_params(connection, compiled.fields, rows))
        if connection.vendor != "mysql":
            return bool(cursor.rowcount == len(rows))
    # MySQL counts a row that it leaves alone, too.
    there = model.objects.using(using).filter(pk__in=[row["id"] for row in rows])
    written = {(row["id"], row["version"], row.get("fetched_at")) for row in rows}
    return written == set(there.values_list("pk", "version", "fetched_at"))


def write_parts(using: str, lists: Sequence[PartRows]) -> None:
    """Write the parts of objects whose rows were written; few statements.

    All `lists` have the same model, link, columns and account.
    """
    connection, first = connections[using], lists[0]
    listed = [row for parts in lists for row in parts.rows]
    for start in range(0, len(listed), MAX_ROWS):
        rows = listed[start : start + MAX_ROWS]
        compiled = compiling.compile_write_parts(using, first.model, first.columns, len(rows))
        with connection.cursor() as cursor:
            cursor.execute(compiled.sql, _rows_params(connection, compiled.fields, rows))
    whole = [parts for parts in lists if parts.is_whole]
    if whole:
        alive = first.model.objects.using(using).filter(
            **{f"{first.link}__in": [parts.owner for parts in whole]},
            account=first.account,
            deleted_at=None,
        )
        gone = alive.exclude(pk__in=[row["id"] for row in listed])
        gone.update(deleted_at=whole[0].gone_at, version=models.F("version") + 1)


# -- values


def _params(connection: Any, fields: Sequence[Any], rows: Sequence[Mapping[str, Any]]) -> list[Any]:
    """Return the parameters for rows; a column that is absent gets its default."""
    if connection.vendor == "postgresql":
        return [_record(fields, row) for row in rows]
    return [
        each.get_db_prep_save(
            row[each.attname] if each.attname in row else each.get_default(), connection
        )
        for row in rows
        for each in fields
    ]


def _rows_params(
    connection: Any, fields: Sequence[Any], rows: Sequence[Mapping[str, Any]]
) -> list[Any]:
    """Return the parameters of a statement for many rows: on PostgreSQL one, a list of them."""
    params = _params(connection, fields, rows)
    return [f"[{', '.join(params)}]"] if connection.vendor == "postgresql" else params


def _record(fields: Sequence[Any], values: Mapping[str, Any]) -> str:
    """Return a row as PostgreSQL's `json_populate_record` takes it."""
    record = {
        each.column: values[each.attname] if each.attname in values else each.get_default()
        for each in fields
    }
    data = record.get("stripe_data")
    if isinstance(data, EncodedObject):
        del record["stripe_data"]
        return f'{_json(record)[:-1]}, "stripe_data": {data.text}}}'
    return _json(record)


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


#: Made once: `json.dumps` makes one for each call.
_json = json.JSONEncoder(default=_text, ensure_ascii=False).encode


# -- which models


@lru_cache(maxsize=128)
def _has_plain_columns(model: Model) -> bool:
    return (
        model.save is models.Model.save
        and model.save_base is models.Model.save_base
        and not model._meta.parents
        and all(_is_plain_column(each) for each in model._meta.concrete_fields)
    )


def _is_plain_column(each: Any) -> bool:
    if each.generated or each.has_db_default():
        return False
    if not type(each).__module__.startswith(PLAIN_FIELDS):
        return False
    if isinstance(each, (models.BinaryField, models.DurationField)):
        return False
    if isinstance(each, (models.DateField, models.TimeField)):
        return not (each.auto_now or each.auto_now_add)
    return bool(type(each).pre_save is models.Field.pre_save)
