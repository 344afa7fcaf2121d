"""Parts: objects in a list inside another object that are rows of their own.

They are written in the owner's transaction and take its age, since they have none of their own.
What has events of its own, and is in a list as well, is no part: see `members`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from stripe_integrations import conf, kinds, storable, transactions
from stripe_integrations.kinds import Kind, NestedList
from stripe_integrations.mirror import changes, comparison, links, mapping, rows, statements
from stripe_integrations.mirror.snapshots import blank
from stripe_integrations.mirror.upserts import PartRows

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel

#: Columns that the rows have from their owner's.
OWN_COLUMNS = ("id", "account", "stripe_data", "trail")
FROM_OWNER = ("livemode", "as_of", "fetched_at", "verb", "deleted_at", "in_doubt")
#: Where the columns are that every project has.
OUR_MODELS = "stripe_integrations.models."


def follow(kind: Kind, owner: str, values: Mapping[str, Any], account: str | None) -> None:
    """Write the parts of an object whose row was written with these columns."""
    write_lists(parts_of(kind, owner, values, account))


def write_lists(lists: Iterable[PartRows]) -> None:
    """Write the rows of lists, and mark those as deleted that are not in them any more.

    Lists of one model are written together: their objects were read at one time.
    """
    together: dict[Any, list[PartRows]] = {}
    for parts in lists:
        if statements.is_plain(parts.model):
            alike = (parts.model, parts.link, parts.columns, parts.account, parts.gone_at)
            together.setdefault(alike, []).append(parts)
        else:
            _save(parts)
    for same in together.values():
        statements.write_parts(conf.database(), same)


def parts_of(
    kind: Kind, owner: str, values: Mapping[str, Any], account: str | None
) -> list[PartRows]:
    """Return what becomes of an object's parts if its row is written with these columns.

    A list that the object does not have leaves the rows alone; those of a deleted object are
    deleted with it. Kinds that `MIRROR` leaves out have no rows.
    """
    found = []
    for nested in kind.nested_lists:
        if not kinds.MIRRORED[nested.kind].is_part or not conf.is_mirrored(nested.kind):
            continue
        items = list_in(nested, values)
        if items is not None:
            # What stands for the object's own id is then what its parts link to.
            linked = values["stripe_data"]["id"] if kind.identified_by else owner
            found.append(_parts(nested, items, linked, values, account))
    return found


def differing_lists(kind: Kind, owner: str, data: dict[str, Any], account: str | None) -> list[str]:
    """Return the attributes of an object with lists that the rows of its parts differ from.

    `data` is an answer of the API. Columns that it says nothing about are left out.
    """
    values = {"stripe_data": storable.clean_json(data)}
    return [each.attribute for each in parts_of(kind, owner, values, account) if _differs(each)]


def rewrite(kind: Kind, owner: Any) -> None:
    """Write the rows of an object's parts again, by what its own row says."""
    known = rows.of_kind(kind).filter(pk=owner.pk)

    def work() -> None:
        known.update(version=F("version") + 1)  # locks it
        for row in known:
            follow(kind, row.pk, said_by(row), row.account)

    transactions.run_atomic(work, conf.database())


def said_by(row: StripeModel) -> dict[str, Any]:
    """Return the columns of a row that its parts follow."""
    return {name: getattr(row, name) for name in (*FROM_OWNER, "stripe_data")}


def _differs(parts: PartRows) -> bool:
    alive = _alive(parts).in_bulk()
    expected = {row["id"]: row for row in parts.rows}
    if expected.keys() - alive.keys() or (parts.is_whole and alive.keys() - expected.keys()):
        return True
    return any(
        comparison.differing_columns(alive[key], mapping.mapped_values(parts.model, *said), row)
        for key, row in expected.items()
        for said in [(row["stripe_data"], parts.account)]
    )


def _alive(parts: PartRows) -> Any:
    rows_of = parts.model.objects.using(conf.database())
    return rows_of.filter(**{parts.link: parts.owner}, account=parts.account, deleted_at=None)


def list_in(nested: NestedList, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the list object, an empty one for a deleted object of which nothing else is known."""
    if "stripe_data" not in values:
        return {"data": []} if values.get("deleted_at") else None
    found = values["stripe_data"].get(nested.attribute)
    return found if isinstance(found, dict) and isinstance(found.get("data"), list) else None


def _parts(
    nested: NestedList,
    items: dict[str, Any],
    owner: str,
    values: Mapping[str, Any],
    account: str | None,
) -> PartRows:
    model = conf.model(kinds.MIRRORED[nested.kind].model)
    shared = {name: values[name] for name in FROM_OWNER if name in values}
    made = {}
    for data in items["data"]:
        stripe_id = data.get("id") if isinstance(data, dict) else None
        if isinstance(stripe_id, str) and mapping.has_key(model, stripe_id, account):
            key = mapping.row_id(model, stripe_id, account)
            row = {**_emptied(model), **mapping.mapped_values(model, data, account), **shared}
            row.update(id=key, account=account, stripe_data=data, trail=[])
            row[f"{nested.link}_id"] = owner
            made[key] = row if account is None else links.within_account(model, row, account)
    standard = (*_emptied(model), *shared, *OWN_COLUMNS, f"{nested.link}_id")
    told = mapping.to_datetime(values.get("as_of"))
    return PartRows(
        nested.attribute,
        model,
        nested.link,
        owner,
        account,
        list(made.values()),
        tuple(dict.fromkeys((*standard, *(name for row in made.values() for name in row)))),
        not items.get("has_more"),
        values.get("deleted_at") or told or timezone.now(),
    )


@cache
def _emptied(model: Any) -> dict[str, Any]:
    """Return the columns that become empty if the object in the list does not say them.

    Columns that a project adds are not among them: what is in them may not be Stripe's.
    """
    bases = [base for base in model.__mro__ if base.__module__.startswith(OUR_MODELS)]
    ours = {each.attname for base in bases for each in base._meta.fields}
    return {name: value for name, value in blank(model).items() if name in ours}


def _save(parts: PartRows) -> None:
    """Write parts through instances, for those who listen."""
    known = parts.model.objects.using(conf.database())
    there = known.in_bulk([row["id"] for row in parts.rows])
    for values in parts.rows:
        row = there.get(values["id"])
        if row is None:
            row = parts.model(**values)
            try:
                row.save(using=conf.database(), force_insert=True)
            except IntegrityError as error:
                raise transactions.LostRace(*error.args) from error
            changes.tell(row, {}, created=True)
        elif row.account == parts.account or _may_move(row, values):
            _update(row, values)
    if parts.is_whole:
        kept = [row["id"] for row in parts.rows]
        for row in _alive(parts).exclude(pk__in=kept):
            _update(row, {"deleted_at": parts.gone_at})


def _may_move(row: StripeModel, values: Mapping[str, Any]) -> bool:
    """Tell whether a part takes the row of another account's, as the guard of `compiling` does."""
    is_shown = values.get("fetched_at") is not None and values.get("deleted_at") is None
    return values["account"] is None or (row.account is not None and is_shown)


def _update(row: StripeModel, values: dict[str, Any]) -> None:
    before = changes.changed(row, values)
    model = type(row)
    model._base_manager.using(conf.database()).filter(pk=row.pk).update(version=F("version") + 1)
    row.refresh_from_db(using=conf.database(), fields=["version"])
    for name, value in values.items():
        setattr(row, name, value)
    # Columns of the project's own may have changed since the row was read.
    columns = [name for name in values if name != "id"]
    row.save(using=conf.database(), update_fields=[*columns, *changes.set_by_themselves(model)])
    changes.tell(row, before)
