"""In what a mirror row and Stripe's object differ. Pure functions."""

from __future__ import annotations

from typing import Any

from stripe_integrations import mapping

#: Attributes whose keys people choose: there a missing key is a difference.
WHOLE = frozenset({"metadata"})


def differing(row: Any, data: dict[str, Any]) -> list[str]:
    """Return the attributes and columns in which a row differs from an answer of the API.

    The row may be from an event of another API version: attributes that only one of the two
    versions has are left out, as long as the columns agree.
    """
    data = mapping.clean_json(data)
    expected = mapping.columns(type(row), data, row.account)
    columns = {name for name, value in expected.items() if getattr(row, name) != value}
    shared = data.keys() & row.stripe_data.keys()
    attributes = {key for key in shared if not _agree(key, row.stripe_data[key], data[key])}
    return sorted(columns | attributes)


def _agree(key: str, ours: Any, theirs: Any) -> bool:
    if key not in WHOLE and isinstance(ours, dict) and isinstance(theirs, dict):
        shared = ours.keys() & theirs.keys()
        return all(_agree(name, ours[name], theirs[name]) for name in shared)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(
            _agree("", *pair) for pair in zip(ours, theirs, strict=True)
        )
    return bool(ours == theirs)
