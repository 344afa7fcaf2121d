"""A Stripe object -> column values, by name. Pure functions: no payload of any version raises.

What a column cannot hold on one of SQLite, PostgreSQL and MariaDB becomes null in it; the whole
object is in `stripe_data`. Text and JSON are taken to be clean (`storable.clean_json`).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.timezone import get_default_timezone, make_naive

from stripe_integrations.kinds import GENERIC_MODEL, Kind
from stripe_integrations.storable import FIRST_TIME, LAST_TIME, is_usable_id, to_seconds

#: Filled by the envelope, by the ordering rule, or by the project; never from the object.
RESERVED = frozenset(
    {
        "account",
        "as_of",
        "deauthorized_at",
        "deleted_at",
        "fetched_at",
        "id",
        "in_doubt",
        "livemode",
        "read_by",
        "stripe_data",
        "trail",
        "user",
        "verb",
        "version",
    }
)


ABSENT: Any = object()

#: SQLite keeps a decimal as a float.
SQLITE_DIGITS = 15
#: A time from here on is in milliseconds, as Stripe sends some: in seconds, no database holds it.
MILLISECONDS = 10**12
INTEGER_BITS = {"SmallIntegerField": 16, "IntegerField": 32, "BigIntegerField": 64}

#: Value, field and account -> what the column holds.
Converter = Callable[[Any, Any, "str | None"], Any]


@dataclass(frozen=True)
class Column:
    """A column that Stripe fills, and where its value may be, in the order to look."""

    field: Any
    attname: str
    paths: tuple[tuple[str, ...], ...]
    #: The attribute of the object, for a column with one plain path.
    key: str | None
    is_nullable: bool
    #: None for JSON, which is kept as it is.
    converter: Converter | None
    #: What returns the value where no path has one.
    compute: Callable[[dict[str, Any]], Any] | None


def mapped_values(
    model: type[models.Model], data: dict[str, Any], account: str | None
) -> dict[str, Any]:
    """Return attribute name -> value for each column of `model` that `data` says something about.

    `data` is clean (`storable.clean_json`). A key that the payload lacks leaves its column out.
    """
    values: dict[str, Any] = {}
    for column in mapped_columns(model):
        key = column.key
        value = value_at(data, column.paths) if key is None else data.get(key, ABSENT)
        if column.compute is not None and (value is ABSENT or value is None):
            computed = column.compute(data)
            value = value if computed is None else computed
        if value is ABSENT:
            continue
        if value is not None and column.converter is not None:
            value = column.converter(value, column.field, account)
        if value is not None or column.is_nullable:
            values[column.attname] = value
    return values


@cache
def mapped_columns(model: type[models.Model]) -> tuple[Column, ...]:
    """Return the columns that Stripe fills."""
    ignored = RESERVED | set(getattr(model, "stripe_ignore", ()))
    declared: dict[str, tuple[str, ...]] = getattr(model, "stripe_paths", {})
    computed = getattr(model, "stripe_computed", {})
    found = []
    for field in model._meta.concrete_fields:
        converter = converter_of(field)
        if field.name not in ignored and converter is not None:
            paths = declared.get(field.name, (field.name,))
            steps = tuple(tuple(path.split(".")) for path in paths)
            key = paths[0] if len(steps) == len(steps[0]) == 1 else None
            converts = None if converter is as_it_is else converter
            compute = computed.get(field.name)
            found.append(Column(field, field.attname, steps, key, field.null, converts, compute))
    return tuple(found)


def value_at(data: Any, candidates: tuple[tuple[str, ...], ...]) -> Any:
    """Return the first value found that is not null; null if only that is found; else ABSENT."""
    found = ABSENT
    for path in candidates:
        value = data
        for step in path:
            if isinstance(value, dict) and step in value:
                value = value[step]
            elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
                value = value[int(step)]
            else:
                value = ABSENT
                break
        if value is not ABSENT and value is not None:
            return value
        found = None if value is None else found
    return found


def reference_id(value: Any) -> str | None:
    """Return the id in a reference: a string, an expanded object, a deleted stub, or null."""
    if isinstance(value, dict):
        value = value.get("id")
    return value if is_usable_id(value) else None


def has_key(model: type[models.Model], stripe_id: Any, account: str | None) -> bool:
    """Tell whether an object's id, behind its account where ids are chosen, can be a key."""
    if not is_usable_id(stripe_id):
        return False
    return account is None or is_usable_id(row_id(model, stripe_id, account))


def row_id(model: type[models.Model], stripe_id: str, account: str | None) -> str:
    """Return the primary key of an object: its id, behind its account where ids are chosen."""
    if account and getattr(model, "stripe_chosen_ids", False):
        return f"{account}/{stripe_id}"
    return stripe_id


def row_key(kind: Kind, model: type[models.Model], stripe_id: str, account: str | None) -> str:
    """Return the primary key of an object's row, which names the kind where models share it."""
    # Objects of two kinds may have one id.
    local = f"{kind.object}/{stripe_id}" if kind.model == GENERIC_MODEL else stripe_id
    return row_id(model, local, account)


def usable_key(
    kind: Kind, model: type[models.Model], stripe_id: Any, account: str | None
) -> str | None:
    """Return the primary key of an object's row, None for an id that none can be made of."""
    if not is_usable_id(stripe_id):
        return None
    if account is None and kind.model != GENERIC_MODEL:
        return str(stripe_id)
    key = row_key(kind, model, stripe_id, account)
    return key if is_usable_id(key) else None


def to_datetime(value: Any) -> datetime | None:
    """Return a Unix time as Django wants it, with USE_TZ or without; None if it is none."""
    if isinstance(value, float) and math.isfinite(value):
        value = int(value)
    if type(value) is not int or not FIRST_TIME < value < LAST_TIME:
        return None
    moment = datetime.fromtimestamp(value, tz=timezone.utc)
    return moment if settings.USE_TZ else make_naive(moment, get_default_timezone())


def to_integer(value: Any, bits: int = 64, *, positive: bool = False) -> int | None:
    """Return an integer of that size; None for what is none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    lowest = 0 if positive else -(2 ** (bits - 1))
    return value if lowest <= value < 2 ** (bits - 1) else None


# -- one converter per class of column


def _boolean(value: Any, _field: Any, _account: str | None) -> bool | None:
    return value if isinstance(value, bool) else None


def _time(value: Any, _field: Any, _account: str | None) -> datetime | None:
    if isinstance(value, str):
        value = to_seconds(value)
    is_milliseconds = isinstance(value, (int, float)) and value >= MILLISECONDS
    return to_datetime(value // 1000 if is_milliseconds else value)


def _decimal(value: Any, field: Any, _account: str | None) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        number = Decimal(str(value))
        exact = number.quantize(Decimal(1).scaleb(-field.decimal_places), context=field.context)
    except InvalidOperation:
        return None
    if not number.is_finite() or exact != number:
        return None
    digits = max(len(number.normalize().as_tuple().digits), number.adjusted() + 1)
    return exact if digits <= SQLITE_DIGITS else None


def _float(value: Any, _field: Any, _account: str | None) -> float | None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number and abs(value) <= sys.float_info.max else None


def _integer(value: Any, field: Any, _account: str | None) -> int | None:
    kind = field.get_internal_type()
    bits = INTEGER_BITS.get(kind.removeprefix("Positive"), 32)
    return to_integer(value, bits, positive=kind.startswith("Positive"))


def as_it_is(value: Any, _field: Any, _account: str | None) -> Any:
    """Return the value."""
    return value


def _link(value: Any, field: Any, account: str | None) -> str | None:
    stripe_id = reference_id(value)
    if stripe_id is None or not has_key(field.related_model, stripe_id, account):
        return None
    return row_id(field.related_model, stripe_id, account)


def _text(value: Any, field: Any, _account: str | None) -> str | None:
    if isinstance(value, dict):  # an expanded reference in a column that keeps its id
        value = value.get("id")
    if not isinstance(value, str):
        return None
    return value if field.max_length is None or len(value) <= field.max_length else None


CONVERTERS: dict[str, Converter] = {
    "BigIntegerField": _integer,
    "BooleanField": _boolean,
    "CharField": _text,
    "DateTimeField": _time,
    "DecimalField": _decimal,
    "FloatField": _float,
    "IntegerField": _integer,
    "JSONField": as_it_is,
    "PositiveBigIntegerField": _integer,
    "PositiveIntegerField": _integer,
    "PositiveSmallIntegerField": _integer,
    "SmallIntegerField": _integer,
    "StripeLink": _link,
    "TextField": _text,
}


def converter_of(field: models.Field[Any, Any]) -> Converter | None:
    """Return how the values of a column are made; None for a column that nothing fills."""
    for base in type(field).__mro__:
        if base.__name__ in CONVERTERS:
            return CONVERTERS[base.__name__]
    return None
