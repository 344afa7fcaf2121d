"""Write a page of a list to its rows: a few statements for all of its objects together.

An object whose row may be as new as the page, or that is deleted, is written by itself, as
`write` does it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from stripe_integrations import conf, kinds, transactions
from stripe_integrations.kinds import Kind
from stripe_integrations.mirror import (
    members,
    parts,
    rows,
    snapshots,
    statements,
    users,
    write,
)
from stripe_integrations.mirror.listing import Page
from stripe_integrations.mirror.snapshots import Snapshot
from stripe_integrations.mirror.upserts import PartRows

#: What has to be known of a row to decide whether a page is newer.
JUDGED_BY = ("pk", "version", "as_of", "livemode", "account", "deleted_at", "in_doubt")


class Overtaken(Exception):
    """A row of the page is not of the version that was seen."""


@dataclass(frozen=True)
class Judged:
    """The objects of a page, by the keys of their rows."""

    #: Those that are newer than their rows, and the versions of these; 0 without a row.
    newer: dict[str, tuple[Snapshot, int]]
    #: Those whose rows say the same.
    equal: dict[str, Snapshot] = field(default_factory=dict)
    #: Those that are to be judged by themselves.
    others: dict[str, Snapshot] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """Whether no object has a row."""
        return (
            not self.equal and not self.others and not any(seen for _, seen in self.newer.values())
        )


def write_page(
    kind: Kind,
    page: Page,
    account: str | None,
    *,
    expects_no_rows: bool = False,
) -> bool:
    """Write the objects of a page that are newer than their rows; tell whether all rows are new.

    With `expects_no_rows`, rows are only looked for where there turn out to be some.
    """
    prepared = prepare_page(kind, page, account)
    return write_prepared(kind, prepared, account, expects_no_rows=expects_no_rows)


@dataclass(frozen=True)
class Prepared:
    """The objects of a page by the keys of their rows, and the columns of these if known."""

    found: dict[str, Snapshot]
    values: Mapping[str, dict[str, Any]]


def prepare_page(kind: Kind, page: Page, account: str | None) -> Prepared:
    """Do what can be done of a page without the database, so that any thread may.

    For a connected account no columns are made: its links are compared with rows.
    """
    found = _by_key(kind, snapshots.from_list(kind, page.objects, page.answer), account)
    if account is not None:
        return Prepared(found, {})
    made = {key: _row(kind, key, each, None) for key, each in found.items()}
    if statements.takes_text(conf.database()):
        for row in made.values():
            if "stripe_data" in row:  # a stub has none
                row["stripe_data"] = statements.EncodedObject(row["stripe_data"])
    return Prepared(found, made)


def write_prepared(
    kind: Kind,
    prepared: Prepared,
    account: str | None,
    *,
    expects_no_rows: bool = False,
) -> bool:
    """Do what `write_page` does with a page that is prepared."""
    found, made = dict(prepared.found), prepared.values
    for key in [key for key, snapshot in found.items() if snapshot.deleted]:
        write.write(kind, found.pop(key), account=account)  # a stub has no columns
    if expects_no_rows and _is_plain(kind):
        as_new = Judged({key: (each, 0) for key, each in found.items()})
        if _is_written(kind, as_new, made, account):
            return True
    for _ in range(transactions.ATTEMPTS):
        judged = _judged(kind, found, account)
        for key, snapshot in judged.others.items():
            write.write(kind, snapshot, account=account)
            del found[key]
        if _is_written(kind, judged, made, account):
            return judged.is_new
    for snapshot in found.values():  # somebody else was faster each time
        write.write(kind, snapshot, account=account)
    return False


def _row(kind: Kind, key: str, snapshot: Snapshot, account: str | None) -> dict[str, Any]:
    """Return the columns of an object's row, without the version."""
    owner = rows.owner(kind, snapshot.data["id"], account)
    return {
        "id": key,
        "account": owner,
        "livemode": snapshots.livemode_of(snapshot),
        **snapshots.row_values(conf.model(kind.model), snapshot, owner),
    }


def _by_key(kind: Kind, found: Iterable[Snapshot], account: str | None) -> dict[str, Snapshot]:
    return {rows.pk_of(kind, each.data["id"], account): each for each in found}


def _is_plain(kind: Kind) -> bool:
    """Tell whether nobody listens to the rows of a kind and of its parts."""
    names = [kind.model, *(kinds.MIRRORED[nested.kind].model for nested in kind.nested_lists)]
    return all(map(statements.is_plain, map(conf.model, names)))


def _judged(kind: Kind, found: Mapping[str, Snapshot], account: str | None) -> Judged:
    judged = Judged({})
    if not _is_plain(kind):
        judged.others.update(found)
        return judged
    known = rows.of_kind(kind).filter(pk__in=found).values(*JUDGED_BY, "stripe_data")
    there = {row["pk"]: row for row in transactions.run_query(lambda: list(known), conf.database())}
    for key, snapshot in found.items():
        row = there.get(key)
        if row is None:
            judged.newer[key] = (snapshot, 0)
            continue
        owner = rows.owner(kind, snapshot.data["id"], account)
        if not _is_newer(snapshot, row) or row["account"] != owner:
            judged.others[key] = snapshot
        elif _says_the_same(snapshot, row):
            judged.equal[key] = snapshot
        elif members.are_in(kind, snapshot.data):  # some of the old ones may be gone
            judged.others[key] = snapshot
        else:
            judged.newer[key] = (snapshot, row["version"])
    return judged


def _is_newer(snapshot: Snapshot, row: Mapping[str, Any]) -> bool:
    """Tell whether a page was read after all that a row has heard of, and is of the row's mode."""
    own, mode = snapshot.data.get("livemode"), row["livemode"]
    is_other_mode = isinstance(own, bool) and mode is (not own)
    later = row["as_of"] + 1 + conf.get("CLOCK_GUARD") < (snapshot.fetched_at or 0)
    return later and not is_other_mode


def _says_the_same(snapshot: Snapshot, row: Mapping[str, Any]) -> bool:
    is_settled = row["deleted_at"] is None and not row["in_doubt"]
    return is_settled and bool(row["stripe_data"] == snapshot.data)


def _is_written(
    kind: Kind,
    judged: Judged,
    made: Mapping[str, dict[str, Any]],
    account: str | None,
) -> bool:
    """Write what is newer; tell whether the rows were as they were seen.

    Rows that nothing follows are written by statements of their own: if some turn out to be newer,
    the others are right all the same.
    """
    using, model = conf.database(), conf.model(kind.model)
    values, lists = _values(kind, judged, made, account)
    named = _named(judged) if kind is kinds.CUSTOMER else {}

    def write_rows() -> None:
        for alike in _by_columns(model, values):
            if not transactions.run_statement(
                lambda alike=alike: statements.write_versions(using, model, alike),  # type: ignore[misc]
                using,
            ):
                raise Overtaken

    def write_all() -> None:
        write.begin(rows.of_kind(kind))
        write_rows()
        parts.write_lists(lists)
        if named:
            users.link_customers(named, account)

    try:
        transactions.run_atomic(write_all, using) if lists or named else write_rows()
    except Overtaken:
        return False
    # An earlier attempt may have written the objects and not what is in their lists.
    again = [
        made[key] if key in made else _row(kind, key, each, account)
        for key, each in judged.equal.items()
        if members.are_in(kind, each.data)
    ]
    _write_members(kind, [*values, *again], account)
    return True


def _values(
    kind: Kind, judged: Judged, made: Mapping[str, dict[str, Any]], account: str | None
) -> tuple[list[dict[str, Any]], list[PartRows]]:
    """Return the columns of the rows that are to be written, in the order of their keys.

    Two that write some of the same rows then wait for each other, and have no deadlock.
    """
    values, lists = [], []
    for key in sorted(judged.newer):
        snapshot, version = judged.newer[key]
        row = made[key] if key in made else _row(kind, key, snapshot, account)
        values.append({**row, "version": version + 1})
        if kind.nested_lists:
            lists += parts.parts_of(kind, key, row, row["account"])
    return values, lists


def _write_members(kind: Kind, values: Collection[Mapping[str, Any]], account: str | None) -> None:
    """Write what is in lists of new objects and has an order of its own."""
    if not any(members.are_in(kind, row["stripe_data"]) for row in values):
        return
    by_kind: dict[str, dict[str, Snapshot]] = {}
    for row in values:
        for member, snapshot in members.snapshots_in(kind, row, row["account"]):
            listed = by_kind.setdefault(member.object, {})
            listed.update(_by_key(member, [snapshot], row["account"]))
    for name, listed in by_kind.items():
        write_prepared(kinds.MIRRORED[name], Prepared(listed, {}), account)


def _named(judged: Judged) -> dict[str, dict[str, Any]]:
    """Return the customers that may name a local user."""
    found = {key: each.data for key, (each, _) in judged.newer.items()}
    found.update((key, each.data) for key, each in judged.equal.items())
    return {key: data for key, data in found.items() if users.may_be_named(data)}


def _by_columns(model: Any, values: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Group rows that have the same columns: one that an update does not have is left alone."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    new: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in values:
        by_names = new if row["version"] == 1 else groups
        by_names.setdefault(tuple(row), []).append(row)
    return [*groups.values(), *([_filled(model, new)] if new else [])]


def _filled(
    model: Any, new: Mapping[tuple[str, ...], list[dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Return new rows with the same columns: what one does not have is its default."""
    if len(new) == 1:
        (found,) = new.values()
        return found
    every = {name: model._meta.get_field(name) for names in new for name in names}
    return [
        {name: row[name] if name in row else each.get_default() for name, each in every.items()}
        for alike in new.values()
        for row in alike
    ]
