"""The differences between a mirror row and Stripe's object. Pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from stripe_integrations import storable
from stripe_integrations.mirror import mapping

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel

#: Attributes whose keys people choose: there a missing key is a difference.
WHOLE = frozenset({"metadata"})


def differing(row: StripeModel, data: dict[str, Any]) -> list[str]:
    """Return the attributes and columns in which a row differs from an answer of the API.

    The row may be from an event of another API version: attributes that only one of the two
    versions has are left out, as long as the columns agree. Of another object inside this one only
    the id counts: Stripe sends no event of this one when that changes.
    """
    data = storable.clean_json(data)
    expected = mapping.mapped_values(type(row), data, row.account)
    columns = set(differing_columns(row, expected, expected))
    ours, theirs = _own(row.stripe_data), _own(data)
    shared = ours.keys() & theirs.keys()
    attributes = {key for key in shared if not _agree(key, ours[key], theirs[key])}
    return sorted(columns | attributes)


def differing_columns(
    row: StripeModel, names: Iterable[str], expected: Mapping[str, Any]
) -> list[str]:
    """Return those of the columns in which a row differs from what is expected."""
    return [
        name
        for name in names
        if _with_ids(name, getattr(row, name)) != _with_ids(name, expected[name])
    ]


def _own(data: dict[str, Any]) -> dict[str, Any]:
    """Return an object in which each nested object is replaced by its id."""
    return {key: _with_ids(key, value) for key, value in data.items()}


def _with_ids(key: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_with_ids("", each) for each in value]
    if key in WHOLE or not isinstance(value, dict):
        return value
    if "object" in value and isinstance(value.get("id"), str):
        return value["id"]
    if value.get("object") == "list" and isinstance(value.get("data"), list):
        # The entries of a list are parts of this object, as a subscription's items are.
        parts = [_own(each) if isinstance(each, dict) else each for each in value["data"]]
        return {**_own(value), "data": parts}
    return _own(value)


def _agree(key: str, ours: Any, theirs: Any) -> bool:
    if key not in WHOLE and isinstance(ours, dict) and isinstance(theirs, dict):
        shared = ours.keys() & theirs.keys()
        return all(_agree(name, ours[name], theirs[name]) for name in shared)
    if isinstance(ours, list) and isinstance(theirs, list):
        return len(ours) == len(theirs) and all(
            _agree("", *pair) for pair in zip(ours, theirs, strict=True)
        )
    return bool(ours == theirs)
