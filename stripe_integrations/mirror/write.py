"""Write one snapshot to its mirror row, through the ORM."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import IntegrityError, connections
from django.db.models import F

from stripe_integrations import conf, kinds, transactions
from stripe_integrations.choices import SyncPolicy, Verb
from stripe_integrations.kinds import Kind
from stripe_integrations.mirror import (
    attempts,
    changes,
    fetch,
    members,
    ordering,
    ownership,
    parts,
    refetch,
    rows,
    snapshots,
    statements,
    users,
)
from stripe_integrations.mirror.ordering import Verdict
from stripe_integrations.mirror.snapshots import Snapshot, livemode_of, row_values, without_secrets

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel

logger = logging.getLogger("stripe_integrations")


class Written(NamedTuple):
    """A row as it is stored, whether it is new to its account, and what was written."""

    row: Any
    is_new: bool = False
    values: Mapping[str, Any] = {}


def write(
    kind: Kind, snapshot: Snapshot, *, account: str | None = None, livemode: bool | None = None
) -> Any:
    """Bring a row up to a snapshot, if that is not older, and return it as it is stored.

    `livemode` is by default what the object says, else the mode of this database. Returns None for
    a row of another account, which is left as it is.
    """
    snapshot = without_secrets(kind, snapshot)
    account = rows.owner(kind, snapshot.data["id"], account)
    if livemode is None:
        livemode = livemode_of(snapshot)
    envelope = {"account": account, "livemode": livemode}

    def work() -> Any:
        row, is_new, values = _write(kind, snapshot, envelope)
        if row is None or row.account != account:
            return None
        if values:
            parts.follow(kind, row.pk, values, account)
            _follow_members(kind, row.pk, values, envelope)
        is_first = is_new or snapshot.verb == Verb.CREATED  # a checkout may be older
        if kind is kinds.CUSTOMER and users.link_customer(
            row.pk, snapshot.data, account=account, is_new=is_first
        ):  # the row is what is stored
            row.refresh_from_db(using=conf.database(), fields=["user"])
        return row

    def work_alone() -> Any:
        begin(rows.of_kind(kind))
        return work()

    # A webhook class runs inside a transaction that is tried again as a whole.
    if attempts.current_event() is not None:
        return work()
    return refetch.run_with_reads(work_alone, conf.database())


def _write(kind: Kind, snapshot: Snapshot, envelope: dict[str, Any]) -> Written:
    """Write an object if its row is older.

    Raises refetch.ReadNeeded when only the API can tell which is newer, and transactions.LostRace
    when somebody else wrote the row meanwhile.
    """
    model = conf.model(kind.model)
    account, known, guard = envelope["account"], rows.of_kind(kind), conf.get("CLOCK_GUARD")
    key = rows.pk_of(kind, snapshot.data["id"], account)
    if not _reads_always(kind, snapshot):
        updated = _update_if_older(model, key, snapshot, envelope, guard)
        if updated is not None:
            return updated
    row = known.filter(pk=key).first()
    is_others = row is not None and row.account != account
    own = None if is_others else row  # what another account has said of it is not built on
    mode = envelope["livemode"] if own is None or own.livemode is None else own.livemode
    if _is_of_other_key(snapshot, mode) or (is_others and ownership.is_left(row, snapshot)):
        return Written(row)
    verdict = _judged(kind, own, snapshot, guard, is_others=is_others)
    if verdict is Verdict.SKIP:
        return Written(row)
    if verdict is Verdict.EQUAL:
        values = ordering.confirmed_columns(row, snapshot)
    elif verdict is Verdict.WRITE:
        values = {**envelope, **_columns(model, own, snapshot, account, guard)}
    else:
        values = _settled(kind, key, row, snapshot, envelope, guard)
    if row is None:
        values = {"stripe_data": snapshot.data, **values}
        return Written(insert_row(model, key, values), True, values)
    is_moved = is_others and "account" in values
    if is_moved:
        values = {**ownership.cleared(kind, model), "stripe_data": snapshot.data, **values}
    if values:
        write_version(known, row, values)
    return Written(row, is_moved, values)


def _judged(
    kind: Kind, row: StripeModel | None, snapshot: Snapshot, guard: int, *, is_others: bool
) -> Verdict:
    """Compare a snapshot with the row of its account.

    What is always read is in doubt, and so is an event's object with a row of another account.
    """
    if is_others and snapshot.fetched_at is None:
        return Verdict.IN_DOUBT
    verdict = ordering.judge(row, snapshot, guard)
    is_older = verdict is Verdict.SKIP and not _is_fetched(kind)
    return Verdict.IN_DOUBT if _reads_always(kind, snapshot) and not is_older else verdict


def _follow_members(
    kind: Kind, owner: str, values: Mapping[str, Any], envelope: dict[str, Any]
) -> None:
    """Write what is in lists of an object, each in its own order. Raises what `_write` raises."""
    for listed in members.members_of(kind, owner, values, envelope["account"]):
        for snapshot in listed.snapshots:
            _write(listed.kind, snapshot, envelope)
        for row in listed.gone:
            write_version(rows.of_kind(listed.kind), row, {"deleted_at": listed.gone_at})


def _columns(
    model: Any, row: StripeModel | None, snapshot: Snapshot, account: str | None, guard: int
) -> dict[str, Any]:
    values = row_values(model, snapshot, account)
    if row is not None:
        values.update(ordering.memory(row, snapshot, guard))
        if snapshot.deleted and row.deleted_at:
            values["deleted_at"] = row.deleted_at
    return values


def _reads_always(kind: Kind, snapshot: Snapshot) -> bool:
    if not kind.is_readable:
        return False
    policy = conf.sync_policy(kind.object)
    is_partial = policy != SyncPolicy.PAYLOAD and snapshots.is_partial(kind, snapshot.data)
    return snapshot.fetched_at is None and (_is_fetched(kind) or is_partial)


def _is_fetched(kind: Kind) -> bool:
    return conf.sync_policy(kind.object) == SyncPolicy.FETCH


def _update_if_older(
    model: Any, key: str, snapshot: Snapshot, envelope: dict[str, Any], guard: int
) -> Written | None:
    """Return the row, written without a look at it if the event is newer; None if it was not."""
    # A `created` rarely finds a row; a simulated time is newer than nothing.
    if snapshot.created is None or snapshot.verb == Verb.CREATED or snapshot.is_simulated:
        return None
    if not statements.is_plain(model):
        return None
    account = envelope["account"]
    values = {**envelope, **row_values(model, snapshot, account)}
    older = model.objects.using(conf.database()).filter(
        pk=key, account=account, deleted_at=None, as_of__lt=snapshot.created - guard
    )
    written = older.update(version=F("version") + 1, **values)
    return Written(_partial(model, key, values), False, values) if written else None


def begin(rows: Any) -> None:
    """Begin a transaction with a write, on SQLite.

    There, one that began with a read may not write any more once another one has written.
    """
    if connections[rows.db].vendor == "sqlite":
        rows.filter(pk="").update(version=F("version"))


def write_version(known: Any, row: StripeModel, values: dict[str, Any]) -> None:
    """Write `values` if the row is still the version that was seen. Raises LostRace if not."""
    is_heard = not statements.is_plain(type(row))
    before = changes.changed(row, values) if is_heard else {}
    version = row.version + 1
    same = known.filter(pk=row.pk, version=row.version)
    if not same.update(version=version, **({} if is_heard else values)):
        raise transactions.LostRace(f"{row.pk} was written meanwhile.")
    for name, value in {**values, "version": version}.items():
        setattr(row, name, value)
    if is_heard:  # who listens wants an instance that is saved
        row.save(using=known.db, update_fields=[*values, *changes.set_by_themselves(type(row))])
        changes.tell(row, before)


def _settled(
    kind: Kind,
    key: str,
    row: StripeModel | None,
    snapshot: Snapshot,
    envelope: dict[str, Any],
    guard: int,
) -> dict[str, Any]:
    """Return the columns of a row whose snapshot is in doubt, once the API was asked."""
    model, account = conf.model(kind.model), envelope["account"]
    others = row if row is not None and row.account != account else None
    own = row if others is None else None
    answer = None
    if kind.is_readable and conf.sync_policy(kind.object) != SyncPolicy.PAYLOAD:
        read = partial(fetch.fetch, kind, snapshot.data, account)
        asked = f"{model._meta.label} {key} of {account}"
        answer = refetch.answer(asked, row.version if row else 0, read)
        answer = answer and without_secrets(kind, answer)
    mode = envelope["livemode"] if own is None or own.livemode is None else own.livemode
    if answer is not None and _is_of_other_mode(answer, mode):
        answer = None
    if others is not None:
        chosen, in_doubt = ownership.choose_owner(others, snapshot, answer, account)
        in_doubt = in_doubt and kind.is_readable
        if chosen is None:
            return {"in_doubt": True} if in_doubt and not others.in_doubt else {}
    else:
        chosen, in_doubt = ordering.choose(row, snapshot, answer)
    if chosen is None:  # the row stays, and what is older than this is older than the doubt
        as_of = max(row.as_of if row else 0, snapshot.time)
        return {**envelope, "as_of": as_of, "in_doubt": in_doubt}
    columns = _columns(model, own, chosen, account, guard)
    return {**envelope, **columns, "in_doubt": in_doubt}


def _is_of_other_key(snapshot: Snapshot, mode: bool | None) -> bool:
    """Tell whether an answer of the API is of the other mode than the row."""
    if snapshot.fetched_at is None or not _is_of_other_mode(snapshot, mode):
        return False
    logger.error("%s is not written: API_KEY is of the other mode.", snapshot.data["id"])
    return True


def _is_of_other_mode(read: Snapshot, mode: bool | None) -> bool:
    own = read.data.get("livemode")
    return isinstance(own, bool) and mode is (not own)


def insert_row(model: Any, key: str, values: dict[str, Any]) -> Any:
    """Insert a row and return it. Raises LostRace if somebody else was first."""
    row = model(pk=key, **values)
    try:
        row.save(using=conf.database(), force_insert=True)
    except IntegrityError as error:
        raise transactions.LostRace(*error.args) from error
    changes.tell(row, {}, created=True)
    return row


def _partial(model: Any, key: str, values: dict[str, Any]) -> Any:
    """Return the row that was just updated without reading it: other columns load on access."""
    known = {"id": key, **values}
    names = [field.attname for field in model._meta.concrete_fields if field.attname in known]
    return model.from_db(conf.database(), names, [known[name] for name in names])
