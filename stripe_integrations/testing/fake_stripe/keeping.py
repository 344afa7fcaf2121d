"""How the files of the fake Stripe keep objects, tell their events, and refuse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

from stripe_integrations.testing.fake_stripe.mutations import StripeMutations
from stripe_integrations.testing.fake_stripe.port import Refused, previous_attributes, stub

Data = dict[str, Any]
#: What answers a request that creates, changes or deletes. The first and the last may leave it to
#: the rest of the fake by None; a change gets the stored object, and what follows its id.
Creation = Callable[[StripeMutations, Data], Data | None]
Change = Callable[[StripeMutations, Data, str, Data], Data]
Deletion = Callable[[StripeMutations, str], Data | None]


def objects_at(fake: StripeMutations, resource: str) -> dict[str, Data]:
    """Return the current account's objects below a resource, by id."""
    if resource in fake.objects:
        return fake.objects[resource]
    return fake.current.others.setdefault(resource, {})


def object_at(fake: StripeMutations, resource: str, id: str) -> Data:
    """Return the object that a path names."""
    return fake.found(objects_at(fake, resource), id)


def needed(fake: StripeMutations, resource: str, id: Any) -> Data:
    """Return the object that a parameter names."""
    return fake.found(objects_at(fake, resource), id, 400)


def refuse(message: str, code: str | None = None) -> NoReturn:
    raise Refused(400, message, code=code)


def put(fake: StripeMutations, resource: str, data: Data, event: str) -> Data:
    """Keep an object, and tell the event if it is new or another one than before."""
    things = objects_at(fake, resource)
    before = things.get(data["id"])
    things[data["id"]] = data
    if before is None:
        fake.tell(event, data)
    elif before != data:
        previous = previous_attributes(before, data) if event.endswith(".updated") else None
        fake.tell(event, data, previous)
    return data


def updated(fake: StripeMutations, resource: str, stored: Data, params: Data, event: str) -> Data:
    """Change the attributes that are passed; metadata are merged."""
    metadata = {**stored["metadata"], **(params.get("metadata") or {})}
    kept = {key: value for key, value in metadata.items() if value not in (None, "")}
    return put(fake, resource, {**stored, **params, "metadata": kept}, event)


def removed(fake: StripeMutations, resource: str, stored: Data) -> Data:
    """Delete an object, and return the stub of it."""
    del objects_at(fake, resource)[stored["id"]]
    fake.tell(f"{stored['object']}.deleted", stored)
    return stub(stored)
