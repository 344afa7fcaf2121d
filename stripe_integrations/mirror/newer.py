"""An event's own object, for a statement that writes it if its row is older."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stripe_integrations import conf, kinds
from stripe_integrations.choices import SyncPolicy, Verb
from stripe_integrations.mirror import mapping, members, snapshots, statements, users
from stripe_integrations.mirror.parts import parts_of
from stripe_integrations.mirror.upserts import Upsert

if TYPE_CHECKING:
    from stripe_integrations.models import StripeBaseEvent


def upsert_of(event: StripeBaseEvent) -> Upsert | None:
    """Return what a guarded upsert is to write of an event's own object.

    None where that cannot decide: for objects of connected accounts, whose links are compared;
    simulated times; lists that go on; kinds that are always read; models that somebody listens to,
    the event's own among them.
    """
    data = event.stripe_object
    given = data.get("object")
    kind = kinds.of(given) if isinstance(given, str) else None
    if kind is None or event.account is not None:
        return None
    model, is_mirrored, policy, guard = (
        conf.model(kind.model),
        conf.is_mirrored(kind.object),
        conf.sync_policy(kind.object),
        conf.get("CLOCK_GUARD"),
    )
    if not is_mirrored or policy == SyncPolicy.FETCH:
        return None
    if not (statements.is_plain(model) and statements.is_plain(type(event))):
        return None
    if kind.identified_by:
        data = snapshots.identified(kind, data)
    key = mapping.usable_key(kind, model, data.get("id"), None)
    if key is None:
        return None
    snapshot = snapshots.without_secrets(kind, snapshots.from_event(event, data, kind, guard))
    if snapshot.created is None or snapshot.is_simulated or snapshots.is_stub(data):
        return None
    if kind.nested_lists and (snapshots.is_partial(kind, data) or members.are_in(kind, data)):
        return None
    livemode = snapshots.livemode_of(snapshot) if event.livemode is None else event.livemode
    values = {"id": key, "livemode": livemode}
    values.update(snapshots.row_values(model, snapshot, None))
    if "stripe_data" not in values:  # a stub: the row keeps what it has
        return None
    than = snapshot.created - guard
    parts = parts_of(kind, key, values, None) if kind.nested_lists else []
    if parts and not all(statements.is_plain(each.model) for each in parts):
        return None
    is_creation = snapshot.verb == Verb.CREATED
    # The user of an earlier checkout is linked in the transaction that writes the customer.
    is_awaited = is_creation and kind is kinds.CUSTOMER
    unless = users.checkouts_of(key) if is_awaited else None
    return Upsert(kind, model, snapshot.data, values, than, is_creation, unless, parts)
