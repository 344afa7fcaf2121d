"""Members: objects in a list inside another object that have events of their own as well.

An invoice's payments are an example. Each is ordered against its own row, since an event of its own
may be newer than the object that it is in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from stripe_integrations import conf, kinds
from stripe_integrations.choices import Verb
from stripe_integrations.kinds import Kind
from stripe_integrations.mirror import mapping, parts, rows
from stripe_integrations.mirror.snapshots import Snapshot


@dataclass(frozen=True)
class Members:
    """The objects of a list in an object, as snapshots."""

    kind: Kind
    snapshots: list[Snapshot]
    #: Rows of what is not in the list any more, and when that was deleted.
    gone: list[Any]
    gone_at: datetime


def are_in(kind: Kind, data: dict[str, Any]) -> bool:
    """Tell whether an object has a list of members."""
    return any(
        not kinds.MIRRORED[nested.kind].is_part and nested.attribute in data
        for nested in kind.nested_lists
    )


def members_of(
    kind: Kind, owner: str, values: Mapping[str, Any], account: str | None
) -> Iterator[Members]:
    """Return the members of an object whose row was written with these columns.

    A list that the object does not have leaves the rows alone; those of a deleted object are
    deleted with it. Kinds that `MIRROR` leaves out have no rows.
    """
    for nested in kind.nested_lists:
        member = kinds.MIRRORED[nested.kind]
        if member.is_part or not conf.is_mirrored(member.object):
            continue
        listed = parts.list_in(nested, values)
        if listed is not None:
            found = [] if values.get("deleted_at") else _found(member, listed, values, account)
            kept = [rows.pk_of(member, each.data["id"], account) for each in found]
            is_whole = not listed.get("has_more")
            gone = _gone(member, {nested.link: owner}, kept, values, account) if is_whole else []
            told = mapping.to_datetime(values.get("as_of"))
            gone_at = values.get("deleted_at") or told or timezone.now()
            yield Members(member, found, gone, gone_at)


def snapshots_in(
    kind: Kind, values: Mapping[str, Any], account: str | None
) -> Iterator[tuple[Kind, Snapshot]]:
    """Return the members of an object whose row is new, each with its kind."""
    for nested in kind.nested_lists:
        member, listed = kinds.MIRRORED[nested.kind], parts.list_in(nested, values)
        if listed is not None and not member.is_part and conf.is_mirrored(member.object):
            yield from ((member, each) for each in _found(member, listed, values, account))


def _found(
    member: Kind, listed: dict[str, Any], values: Mapping[str, Any], account: str | None
) -> list[Snapshot]:
    return [
        _snapshot(each, values)
        for each in listed["data"]
        if isinstance(each, dict) and rows.pk_or_none(member, each.get("id"), account)
    ]


def _snapshot(data: dict[str, Any], values: Mapping[str, Any]) -> Snapshot:
    """Return a member as its owner shows it, with the owner's age."""
    as_of, fetched_at = values.get("as_of"), values.get("fetched_at")
    if fetched_at is not None:
        read_by = values.get("read_by", "")
        return Snapshot(data, fetched_at=fetched_at, as_of=as_of, read_by=read_by)
    if not as_of:  # of unknown age
        return Snapshot(data)
    return Snapshot(data, verb=Verb.UPDATED.value, created=as_of, as_of=as_of)


def _gone(
    kind: Kind,
    of_owner: dict[str, str],
    kept: list[str],
    values: Mapping[str, Any],
    account: str | None,
) -> list[Any]:
    """Return the rows of what is not in the list, as far as they are older than that."""
    fetched_at = values.get("fetched_at")
    earliest = (values.get("as_of") or 0) if fetched_at is None else fetched_at
    older = earliest - 1 - conf.get("CLOCK_GUARD")
    alive = rows.of_kind(kind).filter(account=account, deleted_at=None, as_of__lt=older, **of_owner)
    return list(alive.exclude(pk__in=kept))
