"""The object of a thin event, which names it and says nothing else of it: read, and written.

It is read by its id. Some objects cannot be found by what the event says: a discount has no id
there, and the event of a person may not say whose account it is in. Of these, the object in the
snapshot event of the same change is taken.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stripe_integrations import kinds
from stripe_integrations.kinds import Kind
from stripe_integrations.mirror import (
    fetch,
    links,
    mapping,
    ownership,
    rows,
    snapshot_twins,
    write,
)
from stripe_integrations.mirror.snapshots import NOTHING, Snapshot, identified

if TYPE_CHECKING:
    from stripe_integrations.models import StripeBaseEvent

logger = logging.getLogger("stripe_integrations")


class NotRead(Exception):
    """Stripe's API gave no answer about a thin event's object."""


def read_object(event: StripeBaseEvent) -> Snapshot | None:
    """Read the object of a thin event, with a short timeout; None without an answer.

    The path is built from its kind and id: an address in the event's body is not to be trusted.
    What cannot be read at all is `NOTHING`, which the log says.
    """
    kind = kinds.of(event.object_type) if event.object_type else None
    known = {"id": event.object_id, "account": _parent(event)}
    if kind is not None and _has_path(kind, known, event.account):
        return fetch.fetch(kind, known, event.account)
    found = snapshot_twins.read(event) if event.snapshot_event else NOTHING
    if found is not None and not found.data and event.verb != "ping":
        logger.warning(
            "%s: the object of %s cannot be read, and is not mirrored.", event.pk, event.kind
        )
    return found


def _parent(event: StripeBaseEvent) -> Any:
    """Return the account below which the API may have the object, as far as the event says it."""
    data = event.message.get("data")
    told = data.get("account_id") if isinstance(data, dict) else None
    return event.account or told


def _has_path(kind: Kind, known: dict[str, Any], account: str | None) -> bool:
    """Tell whether the API is known to find an object by what the event says of it."""
    if rows.pk_or_none(kind, known["id"], account) is None:
        return False
    if kind.identified_by:
        return True
    try:
        fetch.path(kind, known)
    except ValueError:
        return False
    return True


def customer_of(event: StripeBaseEvent, read: Snapshot | None) -> str | None:
    """Return the customer of an event, by what was read of the object if it is a thin one."""
    if event.customer_id is not None or read is None:
        return event.customer_id
    found = mapping.reference_id(read.data.get("customer"))
    if event.account is None or found is None:
        return found
    values = links.within_account(type(event), {"customer_id": found}, event.account)
    kept: str | None = values["customer_id"]
    return kept


def write_read(kind: Kind, found: Snapshot, event: StripeBaseEvent) -> Any:
    """Write what was read of a thin event's object, if its row is not newer, and return the row.

    A row is left as it is if the object was not found, unless that is proven and the row of the
    same account; and a row of ours, if the event is a connected account's.
    Returns None without a row of the event's account.
    """
    found = replace(found, data=identified(kind, found.data))
    stripe_id = found.data["id"]
    account = rows.owner(kind, stripe_id, event.account)
    row = rows.of_kind(kind).filter(pk=rows.pk_of(kind, stripe_id, account)).first()
    is_others = row is not None and row.account != account
    if is_others and (row.account is None or found.is_missing):
        ownership.note(row)
        return None
    is_known = row is not None and (row.is_deleted or row.read_by == found.read_by)
    if found.is_unproven and not is_known:
        return row
    return write.write(kind, found, account=event.account, livemode=event.livemode)
