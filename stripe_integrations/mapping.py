"""A Stripe dict -> column values, by name.

Pure functions: no payload of any API version raises, and what a column cannot hold on one of
SQLite, PostgreSQL and MariaDB becomes null in it (the whole object is in `stripe_data`).
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.timezone import get_default_timezone, make_naive

from stripe_integrations.conf import MAX_ID

#: Filled by the envelope, by the ordering rule, or by the project; never from the object.
RESERVED = frozenset(
    {
        "account",
        "as_of",
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

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
#: SQLite keeps a decimal as a float.
SQLITE_DIGITS = 15
INTEGER_BITS = {"SmallIntegerField": 16, "IntegerField": 32, "BigIntegerField": 64}

ABSENT: Any = object()


def columns(model: type[models.Model], data: dict[str, Any], account: str | None) -> dict[str, Any]:
    """Return attribute name -> value for each column of `model` that `data` says something about.

    A key that the payload lacks leaves its column out.
    """
    values: dict[str, Any] = {}
    for field in mapped_fields(model):
        found = look_up(data, paths(model, field.name))
        if found is ABSENT:
            continue
        value = convert(field, found, account)
        if value is not None or field.null:
            values[field.attname] = value
    return values


@cache
def mapped_fields(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    """Return the fields that Stripe fills."""
    ignored = RESERVED | set(getattr(model, "stripe_ignore", ()))
    return [
        field
        for field in model._meta.concrete_fields
        if field.name not in ignored and _converter(field) is not None
    ]


def paths(model: type[models.Model], name: str) -> tuple[str, ...]:
    """Return where in the object a column's value may be, in the order to look."""
    declared: dict[str, tuple[str, ...]] = getattr(model, "stripe_paths", {})
    return declared.get(name, (name,))


def look_up(data: Any, candidates: tuple[str, ...]) -> Any:
    """Return the first value found that is not null; null if only that is found; else ABSENT."""
    found = ABSENT
    for path in candidates:
        value = _walk(data, path)
        if value is not ABSENT and value is not None:
            return value
        found = None if value is None else found
    return found


def _walk(data: Any, path: str) -> Any:
    for step in path.split("."):
        if isinstance(data, dict) and step in data:
            data = data[step]
        elif isinstance(data, list) and step.isdecimal() and int(step) < len(data):
            data = data[int(step)]
        else:
            return ABSENT
    return data


def reference(value: Any) -> str | None:
    """Return the id in a reference: a string, an expanded object, a deleted stub, or null."""
    if isinstance(value, dict):
        value = value.get("id")
    return value if is_usable_id(value) else None


def is_usable_id(value: Any) -> bool:
    """Tell whether an id can be a key in all three databases.

    MariaDB ignores trailing blanks when it compares, so an id that has some is not usable.
    """
    return (
        isinstance(value, str)
        and 0 < len(value) <= MAX_ID
        and value == value.strip()
        and not UNSTORABLE.search(value)
    )


def has_key(model: type[models.Model], stripe_id: Any, account: str | None) -> bool:
    """Tell whether an object's id, behind its account where ids are chosen, can be a key."""
    return is_usable_id(stripe_id) and is_usable_id(row_id(model, stripe_id, account))


def row_id(model: type[models.Model], stripe_id: str, account: str | None) -> str:
    """Return the primary key of an object: its id, behind its account where ids are chosen."""
    if account and getattr(model, "stripe_chosen_ids", False):
        return f"{account}/{stripe_id}"
    return stripe_id


def clean_text(value: str) -> str:
    """Return text that every database holds: NUL and lone surrogates become U+FFFD."""
    return UNSTORABLE.sub("\ufffd", value)


def clean_json(value: Any) -> Any:
    """Return a copy of parsed JSON that every database holds."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        return [clean_json(item) for item in value]
    if isinstance(value, dict):
        return {clean_text(key): clean_json(item) for key, item in value.items()}
    if isinstance(value, float) and not math.isfinite(value):
        return None  # 1e400 is valid JSON and yet infinite
    if isinstance(value, float) and value.is_integer():
        return int(value)  # PostgreSQL gives 1e300 back as an integer, and not quite that one
    return value


def convert(field: models.Field[Any, Any], value: Any, account: str | None = None) -> Any:
    """Return what a column is to hold for a value of Stripe's; None for what it cannot hold."""
    converter = _converter(field)
    return None if value is None or converter is None else converter(field, value, account)


def to_datetime(value: Any) -> datetime | None:
    """Return a Unix time as Django wants it, with USE_TZ or without; None if it is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        moment = datetime.fromtimestamp(value, tz=timezone.utc)
    except (ValueError, OverflowError, OSError):
        return None
    if not 1000 < moment.year < 9999:  # what MariaDB holds, in any time zone
        return None
    return moment if settings.USE_TZ else make_naive(moment, get_default_timezone())


def to_integer(value: Any, bits: int = 64, *, positive: bool = False) -> int | None:
    """Return an integer of that size; None for what is none."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    lowest = 0 if positive else -(2 ** (bits - 1))
    return value if lowest <= value < 2 ** (bits - 1) else None


def _boolean(_field: Any, value: Any, _account: str | None) -> bool | None:
    return value if isinstance(value, bool) else None


def _datetime(_field: Any, value: Any, _account: str | None) -> datetime | None:
    return to_datetime(value)


def _decimal(field: Any, value: Any, _account: str | None) -> Decimal | None:
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


def _float(_field: Any, value: Any, _account: str | None) -> float | None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if number and abs(value) <= sys.float_info.max else None


def _integer(field: Any, value: Any, _account: str | None) -> int | None:
    kind = field.get_internal_type()
    bits = INTEGER_BITS.get(kind.removeprefix("Positive"), 32)
    return to_integer(value, bits, positive=kind.startswith("Positive"))


def _json(_field: Any, value: Any, _account: str | None) -> Any:
    return clean_json(value)


def _link(field: Any, value: Any, account: str | None) -> str | None:
    stripe_id = reference(value)
    if stripe_id is None or not has_key(field.related_model, stripe_id, account):
        return None
    return row_id(field.related_model, stripe_id, account)


def _text(field: Any, value: Any, _account: str | None) -> str | None:
    if isinstance(value, dict):  # an expanded reference in a column that keeps its id
        value = value.get("id")
    if not isinstance(value, str):
        return None
    value = clean_text(value)
    return value if field.max_length is None or len(value) <= field.max_length else None


Converter = Callable[[Any, Any, "str | None"], Any]

CONVERTERS: dict[str, Converter] = {
    "BigIntegerField": _integer,
    "BooleanField": _boolean,
    "CharField": _text,
    "DateTimeField": _datetime,
    "DecimalField": _decimal,
    "FloatField": _float,
    "IntegerField": _integer,
    "JSONField": _json,
    "PositiveBigIntegerField": _integer,
    "PositiveIntegerField": _integer,
    "PositiveSmallIntegerField": _integer,
    "SmallIntegerField": _integer,
    "StripeLink": _link,
    "TextField": _text,
}


def _converter(field: models.Field[Any, Any]) -> Converter | None:
    for base in type(field).__mro__:
        if base.__name__ in CONVERTERS:
            return CONVERTERS[base.__name__]
    return None
