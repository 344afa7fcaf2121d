"""The mirror against Stripe's API: what is missing, stale or extra."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from stripe_integrations import conf, kinds, transactions
from stripe_integrations.actions import MIRRORED, StripeAction, StripeEntitlementSummary
from stripe_integrations.kinds import Kind
from stripe_integrations.mirror import comparison, fetch, listing, parts, settle
from stripe_integrations.mirror import rows as rows_of
from stripe_integrations.mirror.snapshots import Snapshot
from stripe_integrations.operations.accounts import of_rows

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel

#: Rows that are compared at once.
BATCH = 100

#: The value of an object's `object` attribute -> the action on such objects, of those whose rows
#: can be compared, or settled.
VERIFIED: dict[str, type[StripeAction[Any]]] = {
    **MIRRORED,
    StripeEntitlementSummary.kind.object: StripeEntitlementSummary,
}


@dataclass(frozen=True)
class Difference:
    """A row that differs from Stripe; `kind` is missing, stale or extra."""

    kind: str
    action: type[StripeAction[Any]]
    id: str
    account: str | None
    attributes: list[str] = field(default_factory=list)
    #: What Stripe says, None if it gave no answer.
    answer: Snapshot | None = None

    def __str__(self) -> str:
        where = f" of {self.account}" if self.account else ""
        what = f": {', '.join(self.attributes)}" if self.attributes else ""
        return f"{self.kind} {self.action.kind.object} {self.id}{where}{what}"


def accounts_of_rows(action: type[StripeAction[Any]]) -> list[str | None]:
    """Return our own account and the connected ones that the mirror has rows of."""
    return of_rows(_rows(action))


def differences(action: type[StripeAction[Any]], account: str | None) -> Iterator[Difference]:
    """Compare all objects of a kind; each difference is checked again before it is returned.

    A key that sees none of our rows may be another account's. It does not prove that an object is
    gone, is another one under the same id, or is ours and not another account's: such a difference
    has no answer. Raises stripe.StripeError.
    """
    listed: set[str] = set()
    foreign: list[str] = []
    sees_account = False
    objects = (data for page in listing.list_pages(action.kind, account) for data in page.objects)
    while batch := list(islice(objects, BATCH)):
        found = {rows_of.pk_of(action.kind, data["id"], account): data for data in batch}
        rows = transactions.run_query(partial(_rows(action).in_bulk, list(found)), conf.database())
        others = {key for key, row in rows.items() if not _is_proof(row, found[key], account)}
        sees_account |= len(others) < len(rows)
        foreign.extend(others)
        listed.update(found)
        for key in found.keys() - others:
            if _difference(action, account, rows.get(key), found[key]["id"], found[key]):
                yield from _again(action, account, found[key])
    alive = _rows(action).filter(account=account, deleted_at=None).values_list("pk", flat=True)
    keys: list[str] = transactions.run_query(partial(list, alive), conf.database())
    extra = (pk for pk in keys if pk not in listed)
    for pk in chain(foreign, extra):
        row: Any = transactions.run_query(_rows(action).filter(pk=pk).first, conf.database())
        for difference in _again(action, account, settle.known_data(row)) if row else ():
            is_believed = sees_account or row.read_by == conf.api_key_fingerprint()
            if is_believed or _is_wrongly_placed(action, row, account):
                yield difference
            else:
                yield replace(difference, answer=None)


def doubtful(names: Sequence[str] = ()) -> Iterator[tuple[Kind, Any]]:
    """Return the rows in doubt of these kinds, each with its kind; by default of all.

    Left out are kinds that the API is not known to find by an id: nothing can settle those.
    """
    for kind in (VERIFIED[name].kind for name in names or MIRRORED):
        if kind.is_part:  # settled with its owner
            continue
        left = rows_of.of_kind(kind).filter(in_doubt=True)
        doubted: list[Any] = transactions.run_query(partial(list, left), conf.database())
        for row in doubted:
            yield kind, row
    if not names:
        others = conf.model(kinds.GENERIC_MODEL).objects.using(conf.database())
        for row in others.filter(in_doubt=True, kind__in=list(kinds.GENERIC)):
            yield kinds.GENERIC[row.kind], row


def repair(difference: Difference) -> bool:
    """Write Stripe's object; return whether the row is equal to it then."""
    action, answer = difference.action, difference.answer
    if answer is None:
        return False
    row = action.write_answer(answer, account=difference.account)
    if row is not None and parts.differing_lists(action.kind, row.pk, answer.data, row.account):
        parts.rewrite(action.kind, row)
    return not list(_again(action, difference.account, answer.data))


def _again(
    action: type[StripeAction[Any]], account: str | None, data: dict[str, Any]
) -> Iterator[Difference]:
    """Read the object by its id: it, or its row, may have changed since it was listed."""
    answer = fetch.fetch(action.kind, data, account)
    key = rows_of.pk_of(action.kind, data["id"], account)
    row: Any = transactions.run_query(_rows(action).filter(pk=key).first, conf.database())
    now = data if answer is None else None if answer.deleted else answer.data
    found = _difference(action, account, row, data["id"], now)
    if found is not None:
        yield Difference(found.kind, action, found.id, account, found.attributes, answer)


def _difference(
    action: type[StripeAction[Any]],
    account: str | None,
    row: StripeModel,
    id: str,  # noqa: A002 - Stripe's name
    data: dict[str, Any] | None,
) -> Difference | None:
    is_alive = row is not None and row.deleted_at is None
    if data is None:
        is_extra = is_alive and row.account == account
        return Difference("extra", action, id, account) if is_extra else None
    if not is_alive:
        return Difference("missing", action, id, account)
    lists = parts.differing_lists(action.kind, row.pk, data, account)
    attributes = sorted({*comparison.differing(row, data), *lists})
    attributes += ["account"] if row.account != account else []
    return Difference("stale", action, id, account, attributes) if attributes else None


def _is_proof(row: StripeModel, data: dict[str, Any], account: str | None) -> bool:
    """Tell whether a row is of this very object: chosen ids are the same in many accounts."""
    same = ("created", "livemode")
    is_same = all(row.stripe_data.get(name) == data[name] for name in same if name in data)
    return is_same and row.account == account


def _is_wrongly_placed(
    action: type[StripeAction[Any]], row: StripeModel, account: str | None
) -> bool:
    """Tell whether a row is of an account in which the API does not find the object."""
    if row.account == account or row.account is None:
        return False
    answer = fetch.fetch(action.kind, settle.known_data(row), row.account)
    return answer is not None and answer.is_missing


def _rows(action: type[StripeAction[Any]]) -> Any:
    return rows_of.of_kind(action.kind)
