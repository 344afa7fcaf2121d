"""One snapshot -> one mirror row: the only place that writes mirrors."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.db.models import F

from stripe_integrations import conf, mapping, ordering, transactions
from stripe_integrations.ordering import Snapshot, Verdict

#: Left alone by a deleted stub, which says nothing of what the object was.
STUB_KEYS = frozenset({"id", "object", "deleted"})


def write(model: Any, snapshot: Snapshot, *, account: str | None, livemode: bool | None) -> Any:
    """Bring a row up to a snapshot, if that is not older, and return the row.

    Must run inside a transaction that is tried again (`transactions.run`). Raises
    transactions.LostRace when somebody else wrote the row meanwhile.
    """
    rows = model.objects.using(conf.database())
    key = mapping.row_id(model, snapshot.data["id"], account)
    values = _values(model, snapshot, account, livemode)
    if _is_plainly_newer(snapshot):
        newer = rows.filter(pk=key, deleted_at=None, as_of__lt=snapshot.created)
        if newer.update(version=F("version") + 1, **values):
            return _partial(model, key, values)
    row = rows.filter(pk=key).first()
    if row is None:
        return _insert(model, key, values, snapshot)
    verdict = ordering.judge(row, snapshot)
    if verdict in (Verdict.WRITE, Verdict.IN_DOUBT):
        values["in_doubt"] = verdict is Verdict.IN_DOUBT
        values["as_of"] = max(values["as_of"], row.as_of if values["in_doubt"] else 0)
        write_version(rows, row, values)
    return row


def write_version(rows: Any, row: Any, values: dict[str, Any]) -> None:
    """Write `values` if the row is still the version that was seen. Raises LostRace if not."""
    written = rows.filter(pk=row.pk, version=row.version).update(version=row.version + 1, **values)
    if not written:
        raise transactions.LostRace(f"{row.pk} was written meanwhile.")
    row.version += 1
    for name, value in values.items():
        setattr(row, name, value)


def _values(
    model: Any, snapshot: Snapshot, account: str | None, livemode: bool | None
) -> dict[str, Any]:
    values = mapping.columns(model, snapshot.data, account)
    values.update(
        account=account,
        as_of=snapshot.time,
        deleted_at=mapping.to_datetime(snapshot.time) if snapshot.deleted else None,
        fetched_at=snapshot.fetched_at,
        in_doubt=False,
        livemode=livemode,
    )
    if not (snapshot.deleted and snapshot.data.keys() <= STUB_KEYS):
        values["stripe_data"] = mapping.clean_json(snapshot.data)
    return values


def _is_plainly_newer(snapshot: Snapshot) -> bool:
    # A `created` rarely finds a row, so it looks first.
    return snapshot.created is not None and snapshot.verb != "created"


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
