"""Move stored objects into models and columns that were added later, without calls of the API.

An interrupted run can be started again: rows that are done are not written again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from stripe_integrations import conf, kinds, transactions
from stripe_integrations.kinds import GENERIC_MODEL, Kind
from stripe_integrations.mirror import (
    links,
    mapping,
    members,
    ownership,
    parts,
    rows,
    snapshots,
    write,
)
from stripe_integrations.mirror.upserts import PartRows
from stripe_integrations.operations.batches import key_batches

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel

#: Rows that one transaction changes: each is an UPDATE of its own, guarded by the row's version.
BATCH = 200
#: What a row keeps when it changes its model.
KEPT = (
    *("account", "livemode", "deleted_at", "as_of", "fetched_at", "version", "in_doubt", "verb"),
    *("trail", "read_by"),
)


@dataclass(frozen=True)
class Batch:
    """Rows that were looked at, the last one's key, and how many of them were written."""

    size: int
    last: str
    written: int


def remapped() -> dict[str, Kind]:
    """Return the kinds with a model of their own, and those whose parts have one, by `object`."""
    owners = {name: kind for name, kind in kinds.GENERIC.items() if kind.nested_lists}
    return {**kinds.MIRRORED, **owners}


def generic(kind: Kind) -> Kind:
    """Return a kind as it is mirrored while it has no model of its own."""
    return Kind(kind.object, GENERIC_MODEL, kind.resource)


def move(kind: Kind) -> Iterator[Batch]:
    """Move the rows of a kind from `StripeObject` into its own model."""
    yield from _in_batches(rows.of_kind(generic(kind)), partial(_move, kind))


def refill(kind: Kind) -> Iterator[Batch]:
    """Fill the columns of a model again from the `stripe_data` of its rows."""
    yield from _in_batches(rows.of_kind(kind), partial(_refill, kind))


def _in_batches(known: Any, change: Callable[[Any, Any], bool]) -> Iterator[Batch]:
    for keys in key_batches(known, BATCH):

        def work(keys: list[Any] = keys) -> int:
            write.begin(known)
            return sum(change(known, row) for row in known.filter(pk__in=keys).order_by("pk"))

        yield Batch(len(keys), keys[-1], transactions.run_atomic(work, conf.database()))


def _move(kind: Kind, known: Any, old: Any) -> bool:
    key = rows.pk_or_none(kind, old.stripe_id, old.account)
    if key is None:
        return False
    model = conf.model(kind.model)
    withheld = conf.withheld(kind)
    data = {name: each for name, each in old.stripe_data.items() if name not in withheld}
    values = {
        **{name: getattr(old, name) for name in KEPT},
        **_columns(model, data, old.account),
        "stripe_data": data,
    }
    here = rows.of_kind(kind).filter(pk=key).first()
    if here is None:
        write.insert_row(model, key, values)
    elif here.account != old.account:
        if not ownership.is_taken(here, old.account):
            return False
        del values["version"]
        taken = {**ownership.cleared(kind, model), **values}
        write.write_version(rows.of_kind(kind), here, taken)
    else:
        _merge(rows.of_kind(kind), here, old, values)
    if not known.filter(pk=old.pk, version=old.version).delete()[0]:
        raise transactions.LostRace(f"{old.pk} was written meanwhile.")
    return True


def _merge(known: Any, here: Any, old: Any, values: dict[str, Any]) -> None:
    """Keep the newer of two rows of one object; mark it as in doubt if that is unknown."""
    is_same = here.stripe_data == values["stripe_data"] and here.is_deleted is old.is_deleted
    if is_same or (_is_newer(here, old) and not here.in_doubt):
        return
    if _is_newer(old, here):
        write.write_version(
            known, here, {name: values[name] for name in values if name != "version"}
        )
    elif not here.in_doubt:
        write.write_version(known, here, {"in_doubt": True})


def _is_newer(row: StripeModel, other: Any) -> bool:
    earliest = row.as_of if row.fetched_at is None else row.fetched_at
    return bool(earliest > other.as_of + 1 + conf.get("CLOCK_GUARD"))


def _refill(kind: Kind, known: Any, row: StripeModel) -> bool:
    values = _columns(conf.model(kind.model), row.stripe_data, row.account)
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if changed:
        write.write_version(known, row, changed)
    added = [_add_parts(kind, row), _add_members(kind, row)]
    return any(added) or bool(changed)


def _add_parts(kind: Kind, row: StripeModel) -> bool:
    """Write the parts of an object that have no rows yet; tell whether there were any."""
    found = parts.parts_of(kind, row.pk, parts.said_by(row), row.account)
    missing = [each for each in found if _is_new(each)]
    parts.write_lists(missing)
    return bool(missing)


def _add_members(kind: Kind, row: StripeModel) -> bool:
    """Insert the objects in lists that have no rows yet; tell whether there were any."""
    said = {**parts.said_by(row), "read_by": row.read_by}
    missing = [
        (listed.kind, key, snapshot)
        for listed in members.members_of(kind, row.pk, said, row.account)
        for snapshot in listed.snapshots
        for key in [rows.pk_of(listed.kind, snapshot.data["id"], row.account)]
        if not rows.of_kind(listed.kind).filter(pk=key).exists()
    ]
    for member, key, snapshot in missing:
        model = conf.model(member.model)
        values = snapshots.row_values(model, snapshot, row.account)
        write.insert_row(model, key, {"account": row.account, "livemode": row.livemode, **values})
    return bool(missing)


def _is_new(found: PartRows) -> bool:
    """Tell whether one of these objects has no row."""
    keys = [each["id"] for each in found.rows]
    there = found.model.objects.using(conf.database()).filter(pk__in=keys).count()
    return bool(there < len(keys))


def _columns(model: Any, data: dict[str, Any], account: str | None) -> dict[str, Any]:
    values = mapping.mapped_values(model, data, account)
    return values if account is None else links.within_account(model, values, account)
