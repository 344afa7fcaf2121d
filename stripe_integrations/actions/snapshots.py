"""Snapshots of what events carry and the API answers, as every database can hold them."""

from __future__ import annotations

from typing import Any

from stripe_integrations import client, conf, mapping
from stripe_integrations.ordering import Snapshot


def from_event(event: Any, data: dict[str, Any], *, deleted: bool) -> Snapshot:
    """Return the snapshot of an event's own object; `deleted` if the event says that it is gone."""
    previous = event.message["data"].get("previous_attributes")
    created = event.message.get("created")
    is_time = mapping.to_datetime(created) is not None
    return Snapshot(
        mapping.clean_json(data),
        verb=event.verb,
        created=mapping.to_integer(created) if is_time else None,
        previous=mapping.clean_json(previous) if isinstance(previous, dict) else None,
        deleted=deleted or is_stub(data),
    )


def from_answer(data: dict[str, Any], answer: client.Answer, seen: int | None = None) -> Snapshot:
    """Return the snapshot of an object in an answer; `seen` is the row's version before it."""
    return Snapshot(
        mapping.clean_json(data),
        fetched_at=answer.fetched_at,
        as_of=answer.as_of,
        read_by=conf.api_key_fingerprint(),
        seen=seen,
        deleted=is_stub(data),
    )


def of_unknown_age(data: dict[str, Any]) -> Snapshot:
    """Return the snapshot of an object of which only the data are known."""
    return Snapshot(mapping.clean_json(data), deleted=is_stub(data))


def is_stub(data: dict[str, Any]) -> bool:
    """Tell whether Stripe shows an object as deleted."""
    return data.get("deleted") is True
