"""One snapshot -> one mirror row: the only place that writes mirrors."""

from __future__ import annotations

import logging
from typing import Any

from django.db import IntegrityError, connections
from django.db.models import F
from django.utils import timezone

from stripe_integrations import conf, mapping, ordering, transactions
from stripe_integrations.actions import doubts
from stripe_integrations.ordering import Snapshot, Verdict

logger = logging.getLogger("stripe_integrations")

#: Left alone by a deleted stub, which says nothing of what the object was.
STUB_KEYS = frozenset({"id", "object", "deleted"})


def write(
    model: Any,
    snapshot: Snapshot,
    *,
    account: str | None,
    livemode: bool | None,
    policy: str,
    read: doubts.Read,
) -> tuple[Any, bool]:
    """Bring a row up to a snapshot, if that is not older; return it, and whether it is new.

    Must run inside `doubts.run`. Raises doubts.ReadNeeded when only the API can tell which is
    newer, and transactions.LostRace when somebody else wrote the row meanwhile.
    """
    rows = model.objects.using(conf.database())
    key = mapping.row_id(model, snapshot.data["id"], account)
    guard = conf.get("CLOCK_GUARD")
    envelope = {"account": account, "livemode": livemode}
    reads_always = snapshot.fetched_at is None and (
        policy == "fetch" or (snapshot.is_partial and policy != "payload")
    )
    # A `created` rarely finds a row, so it looks first.
    if snapshot.created is not None and snapshot.verb != "created" and not reads_always:
        values = {**envelope, **_values(model, None, snapshot, account, guard)}
        older = rows.filter(
            pk=key, account=account, deleted_at=None, as_of__lt=snapshot.created - guard
        )
        if older.update(version=F("version") + 1, **values):
            return _partial(model, key, values), False
    row = rows.filter(pk=key).first()
    mode = livemode if row is None or row.livemode is None else row.livemode
    if _is_foreign(row, snapshot, account, mode):
        return row, False
    verdict = Verdict.IN_DOUBT if reads_always else ordering.judge(row, snapshot, guard)
    if verdict is Verdict.SKIP:
        return row, False
    if verdict is Verdict.EQUAL:
        values = ordering.confirmation(row, snapshot)
    elif verdict is Verdict.WRITE:
        values = {**envelope, **_values(model, row, snapshot, account, guard)}
    else:
        seen = row.version if row else 0
        may_read = policy != "payload"
        answer = doubts.answer(f"{model._meta.label} {key}", seen, read) if may_read else None
        if answer is not None and _is_of_other_mode(answer, mode):
            answer = None
        values = {**envelope, **_settled(model, row, snapshot, answer, account, guard)}
    if row is None:
        return _insert(model, key, values, snapshot), True
    if values:
        write_version(rows, row, values)
    return row, False


def begin(rows: Any) -> None:
    """Begin a transaction with a write, on SQLite.

    There, one that began with a read may not write any more once another one has written.
    """
    if connections[rows.db].vendor == "sqlite":
        rows.filter(pk="").update(version=F("version"))


def write_version(rows: Any, row: Any, values: dict[str, Any]) -> None:
    """Write `values` if the row is still the version that was seen. Raises LostRace if not."""
    written = rows.filter(pk=row.pk, version=row.version).update(version=row.version + 1, **values)
    if not written:
        raise transactions.LostRace(f"{row.pk} was written meanwhile.")
    row.version += 1
    for name, value in values.items():
        setattr(row, name, value)


def _settled(
    model: Any,
    row: Any,
    snapshot: Snapshot,
    answer: Snapshot | None,
    account: str | None,
    guard: int,
) -> dict[str, Any]:
    chosen, in_doubt = ordering.settle(row, snapshot, answer)
    if chosen is None:  # the row stays, and what is older than this is older than the doubt
        return {"as_of": max(row.as_of, snapshot.time), "in_doubt": in_doubt}
    return {**_values(model, row, chosen, account, guard), "in_doubt": in_doubt}


def _values(
    model: Any, row: Any, snapshot: Snapshot, account: str | None, guard: int
) -> dict[str, Any]:
    values = mapping.columns(model, snapshot.data, account)
    values.update(ordering.memory(row, snapshot, guard), deleted_at=None, in_doubt=False)
    if snapshot.deleted:
        known = row.deleted_at if row else None
        told = mapping.to_datetime(snapshot.time) if snapshot.time else None
        values["deleted_at"] = known or told or timezone.now()
    if snapshot.read_by:
        values["read_by"] = snapshot.read_by
    if not (snapshot.deleted and snapshot.data.keys() <= STUB_KEYS):
        values["stripe_data"] = snapshot.data
    return values


def _is_foreign(row: Any, snapshot: Snapshot, account: str | None, mode: bool | None) -> bool:
    """Tell whether a snapshot is of the other mode than the row, or of another account."""
    if snapshot.fetched_at is not None and _is_of_other_mode(snapshot, mode):
        logger.error("%s is not written: API_KEY is of the other mode.", snapshot.data["id"])
        return True
    # Ids are Stripe's, and unique: such an event is forged by one who knows an endpoint's secret.
    if snapshot.created is not None and row is not None and row.account != account:
        logger.error(
            "%s is of another account than its event, and left as it is. If the row is wrong, "
            "retrieve the object with its account.",
            row.pk,
        )
        return True
    return False


def _is_of_other_mode(read: Snapshot, mode: bool | None) -> bool:
    own = read.data.get("livemode")
    return isinstance(own, bool) and mode is (not own)


def _insert(model: Any, key: str, values: dict[str, Any], snapshot: Snapshot) -> Any:
    row = model(pk=key, **{"stripe_data": snapshot.data, **values})
    try:
        row.save(using=conf.database(), force_insert=True)
    except IntegrityError as error:
        raise transactions.LostRace(*error.args) from error
    return row


def _partial(model: Any, key: str, values: dict[str, Any]) -> Any:
    """Return the row that was just updated without reading it: other columns load on access."""
    known = {"id": key, **values}
    names = [field.attname for field in model._meta.concrete_fields if field.attname in known]
    return model.from_db(conf.database(), names, [known[name] for name in names])
