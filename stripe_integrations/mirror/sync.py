"""Sync an object from Stripe to its row, in a webhook class or anywhere else."""

from __future__ import annotations

from typing import Any

from stripe_integrations import client, conf
from stripe_integrations.kinds import Kind
from stripe_integrations.mirror import related, rows, write
from stripe_integrations.mirror.attempts import account_or_events, current_attempt, current_event
from stripe_integrations.mirror.snapshots import from_event, identified, of_unknown_age


def sync(kind: Kind, data: Any, account: str | None) -> Any:
    """Write an object unless its row is newer, and return the row as it is stored.

    Within a webhook class, the event's own object has the event's time and account, and is
    ordered once for all classes. The age of other data is unknown: if the row differs, the object
    is read from the API. Returns None, and writes nothing, for an object without an id that
    can be a key, or if the row is of another account.
    """
    data = client.plain(data)
    event = current_event()
    own = event if event is not None and data == event.stripe_object else None
    account = account_or_events(account) if own is None else own.account
    data = identified(kind, data)
    if rows.pk_or_none(kind, data.get("id"), account) is None:
        return None
    if own is None:
        return write.write(kind, of_unknown_age(data), account=account)
    attempt = current_attempt()
    if attempt.read_object is not None:
        attempt.synced = True
        return related.write_read(kind, attempt.read_object, own)
    row = rows.find_row(kind, data["id"], account) if attempt.synced else None
    if row is None:
        snapshot = from_event(own, data, kind, conf.get("CLOCK_GUARD"))
        row = write.write(kind, snapshot, account=account, livemode=own.livemode)
        attempt.synced = True
    return row
