"""The objects in dj-stripe's tables, as Stripe's events show them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from stripe_integrations import conf, kinds, sdk
from stripe_integrations.kinds import Kind, NestedList
from stripe_integrations.mirror import mapping, rows
from stripe_integrations.operations.stored_objects import StoredObject

DROPPED = "no longer in the object that it was a part of"
NO_OWNER = "a part that does not say of which object"

#: Attributes that dj-stripe writes into an object, and that Stripe's have not.
ADDED = {
    "customer": ("default_payment_method",),
    "invoiceitem": ("period_start", "period_end"),
    "line_item": ("period_start", "period_end"),
}


def kind_of(data: dict[str, Any]) -> Kind | None:
    """Return the kind of an object, None for one that is not mirrored here."""
    name = data.get("object")
    known = isinstance(name, str) and (name in kinds.MIRRORED or name in kinds.GENERIC)
    return kinds.of(str(name)) if known else None


def as_sent(kind: Kind, data: dict[str, Any]) -> dict[str, Any]:
    """Return an object without what dj-stripe adds, and with ids for what it had expanded."""
    sent = {name: value for name, value in data.items() if name not in ADDED.get(kind.object, ())}
    if sent.get("deleted") is False:  # Stripe says that an object is deleted, or nothing
        del sent["deleted"]
    for name in sdk.references(kind) & sent.keys():
        sent[name] = _reference(sent[name])
    for nested in kind.nested_lists:
        held = sent.get(nested.attribute)
        if isinstance(held, dict) and isinstance(held.get("data"), list):
            parts = [_part_as_sent(each) for each in held["data"]]
            sent[nested.attribute] = {**held, "data": parts}
    return sent


def _part_as_sent(data: Any) -> Any:
    kind = kind_of(data) if isinstance(data, dict) else None
    return data if kind is None else as_sent(kind, data)


def left_out(kind: Kind, objects: Sequence[StoredObject]) -> dict[str, str]:
    """Return the ids of parts that are not imported, and why."""
    places = [place for place in _places() if place[1].kind == kind.object]
    reasons: dict[str, str] = {}
    for owner, nested in places:
        links = {each.data.get("id", ""): _link(kind, nested, each) for each in objects}
        found = rows.of_kind(owner).in_bulk(list(filter(None, links.values())))
        for part, link in links.items():
            if link is None:
                reasons[part] = NO_OWNER
            elif link in found and _is_dropped(part, found[link].stripe_data, nested):
                reasons[part] = DROPPED
    return reasons


def _link(kind: Kind, nested: NestedList, part: StoredObject) -> str | None:
    """Return the key of the row that a part belongs to, None if it does not say."""
    values = mapping.mapped_values(conf.model(kind.model), part.data, part.account)
    link: str | None = values.get(f"{nested.link}_id")
    return link


def _is_dropped(part: str, owner: dict[str, Any], nested: NestedList) -> bool:
    """Tell whether a part has left the object that it was in: dj-stripe keeps its row."""
    held = owner.get(nested.attribute)
    if not isinstance(held, dict) or not isinstance(held.get("data"), list):
        return False
    return not held.get("has_more") and part not in map(mapping.reference_id, held["data"])


@cache
def _places() -> tuple[tuple[Kind, NestedList], ...]:
    """Return the lists whose objects are rows of their own, each with the kind that has it."""
    listed = (*kinds.MIRRORED.values(), *kinds.GENERIC.values())
    return tuple((kind, each) for kind in listed for each in kind.nested_lists if each.kind)


def _reference(value: Any) -> Any:
    if isinstance(value, list):
        return list(map(_reference, value))
    is_object = isinstance(value, dict) and isinstance(value.get("object"), str)
    return value["id"] if is_object and isinstance(value.get("id"), str) else value
