"""What SQLite, PostgreSQL and MariaDB can all hold. Pure functions."""

from __future__ import annotations

import math
import operator
import re
from typing import Any

from django.utils.dateparse import parse_datetime

from stripe_integrations.conf import MAX_ID

#: Levels of JSON: Stripe sends 9 at most, MariaDB holds 31.
MAX_DEPTH = 25

#: Unix seconds of the years 1001 and 9998, which MariaDB holds in any time zone.
FIRST_TIME, LAST_TIME = -30578688000, 253339228800

#: Characters of the longest text that can be a time.
MAX_TIME = 64

#: What parsed JSON nests.
CONTAINERS = frozenset({dict, list})

UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

#: Where JSON text may hold a number with a fraction or an exponent. It may find one where there is
#: none, never the reverse.
PERHAPS_FRACTION = re.compile(r"[:,\[]\s*[-0-9][0-9]*[.eE]")
#: The ids that Stripe gives to events.
EVENT_ID = re.compile(r"evt_[A-Za-z0-9_]{1,250}", re.ASCII)
#: An escaped NUL or surrogate.
ESCAPED_UNSTORABLE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


def clean_text(value: str) -> str:
    """Return text that every database holds: NUL and lone surrogates become U+FFFD."""
    return UNSTORABLE.sub("\ufffd", value) if UNSTORABLE.search(value) else value


def clean_json(value: Any) -> Any:
    """Return parsed JSON that every database holds: what is clean itself, else a copy of it."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, list):
        items = [clean_json(item) for item in value]
        return value if all(map(operator.is_, items, value)) else items
    if isinstance(value, dict):
        pairs = {clean_text(key): clean_json(item) for key, item in value.items()}
        same_keys = len(pairs) == len(value) and all(map(operator.is_, pairs, value))
        same = same_keys and all(map(operator.is_, pairs.values(), value.values()))
        return value if same else pairs
    if isinstance(value, float) and not math.isfinite(value):
        return None  # 1e400 is valid JSON and yet infinite
    if isinstance(value, float) and value.is_integer():
        return int(value)  # PostgreSQL gives 1e300 back as an integer, and not quite that one
    return value


def is_clean(text: str) -> bool:
    """Tell whether `clean_json` would change nothing in what this JSON text says."""
    return has_clean_text(text) and PERHAPS_FRACTION.search(text) is None


def has_clean_text(text: str) -> bool:
    """Tell whether `clean_json` would change no text in what this JSON text says."""
    if "\\u" in text and ESCAPED_UNSTORABLE.search(text):
        return False
    return "\0" not in text and (text.isascii() or UNSTORABLE.search(text) is None)


def is_usable_id(value: Any) -> bool:
    """Tell whether an id can be a key in all three databases.

    MariaDB ignores trailing blanks when it compares, so an id that has some is not usable. U+FFFD
    stands for something that was cleaned away.
    """
    return (
        isinstance(value, str)
        and 0 < len(value) <= MAX_ID
        and value == value.strip()
        and "\ufffd" not in value
        and not UNSTORABLE.search(value)
    )


def is_time(value: Any) -> bool:
    """Tell whether a value is a time in Unix seconds that can be a date in all three databases."""
    return type(value) is int and FIRST_TIME < value < LAST_TIME


def to_seconds(text: str) -> int | None:
    """Return a time of Stripe's API v2, `2026-10-01T00:00:00.000Z`, in Unix seconds.

    None for what is no such time, or no date in all three databases. Follows RFC 3339.
    """
    try:
        moment = parse_datetime(text) if len(text) <= MAX_TIME else None
        seconds = int(moment.timestamp()) if moment and moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
    return seconds if is_time(seconds) else None


def is_deeper_than(value: Any, levels: int) -> bool:
    """Tell whether parsed JSON has more levels."""
    layer = [value]
    for _ in range(levels):
        layer = [
            item
            for each in layer
            for item in (each.values() if isinstance(each, dict) else each)
            if item.__class__ in CONTAINERS
        ]
        if not layer:
            return False
    return True
