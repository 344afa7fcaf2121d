"""The rows of a kind, found by the ids of Stripe."""

from __future__ import annotations

from typing import Any

from stripe_integrations import conf, kinds, transactions
from stripe_integrations.kinds import GENERIC_MODEL, Kind
from stripe_integrations.mirror import mapping


def of_kind(kind: Kind) -> Any:
    """Return all rows of a kind."""
    rows = conf.model(kind.model).objects.using(conf.database())
    return rows.filter(kind=kind.object) if kind.model == GENERIC_MODEL else _filtered(rows, kind)


def _filtered(rows: Any, kind: Kind) -> Any:
    return rows.filter(**kind.filters) if kind.filters else rows


def pk_of(kind: Kind, stripe_id: str, account: str | None) -> str:
    """Return the primary key of an object's row."""
    return mapping.row_key(kind, conf.model(kind.model), stripe_id, account)


def pk_or_none(kind: Kind, stripe_id: Any, account: str | None) -> str | None:
    """Return the primary key of an object's row, None for an id that none can be made of."""
    return mapping.usable_key(kind, conf.model(kind.model), stripe_id, account)


def owner(kind: Kind, stripe_id: str, account: str | None) -> str | None:
    """Return the account that the row of an account's object belongs to, None for our own.

    Of a connected account itself the row is ours: the API shows and lists it to us.
    """
    return None if kind is kinds.ACCOUNT and stripe_id == account else account


def find_row(kind: Kind, stripe_id: str, account: str | None) -> Any:
    """Return an account's row of an object, None without one."""
    account = owner(kind, stripe_id, account)
    return of_kind(kind).filter(pk=pk_of(kind, stripe_id, account), account=account).first()


def version(kind: Kind, stripe_id: str, account: str | None) -> int:
    """Return the version of a row, 0 without a row."""
    found = of_kind(kind).filter(pk=pk_of(kind, stripe_id, account))
    return transactions.run_query(found.values_list("version", flat=True).first, found.db) or 0


def stored_customer(kind: Kind, stripe_id: str) -> str | None:
    """Return the id of the customer that a row says its object belongs to, None without."""
    found = of_kind(kind).filter(pk=stripe_id).values_list("customer_id", flat=True)
    owner: str | None = found.first()
    return owner
