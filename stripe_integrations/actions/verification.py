"""The mirror against Stripe's API: what is missing, stale or extra."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from typing import Any

from stripe_integrations import comparison, conf, mapping
from stripe_integrations.actions.base import StripeAction
from stripe_integrations.ordering import Snapshot

#: Rows that are compared at once.
BATCH = 100


@dataclass(frozen=True)
class Difference:
    """A row that is not what Stripe says; `kind` is missing, stale or extra."""

    kind: str
    action: type[StripeAction]
    id: str
    account: str | None
    attributes: list[str] = field(default_factory=list)
    #: What Stripe says, None if it gave no answer.
    answer: Snapshot | None = None

    def __str__(self) -> str:
        where = f" of {self.account}" if self.account else ""
        what = f": {', '.join(self.attributes)}" if self.attributes else ""
        return f"{self.kind} {self.action.object_name} {self.id}{where}{what}"


def accounts(action: type[StripeAction]) -> list[str | None]:
    """Return our own account and the connected ones that the mirror has rows of."""
    rows = _rows(action).exclude(account=None).order_by()
    return [None, *sorted(rows.values_list("account", flat=True).distinct())]


def differences(action: type[StripeAction], account: str | None) -> Iterator[Difference]:
    """Compare all objects of a kind; each difference is looked at again before it is told.

    A key that sees none of our rows may be another account's: that an object is gone, or is another
    one under the same id, it cannot tell, and the difference has no answer.
    Raises stripe.StripeError.
    """
    listed: set[str] = set()
    foreign: list[str] = []
    sees_account = False
    objects = (data for data, _page in action.listed(account))
    while batch := list(islice(objects, BATCH)):
        keys = {mapping.row_id(action.model(), data["id"], account): data for data in batch}
        rows = _rows(action).in_bulk(list(keys))
        others = {key for key, row in rows.items() if not _is_proof(row, keys[key])}
        sees_account |= len(others) < len(rows)
        foreign.extend(others)
        listed.update(keys)
        for key in keys.keys() - others:
            if _difference(action, account, rows.get(key), keys[key]["id"], keys[key]):
                yield from _again(action, account, keys[key])
    alive = _rows(action).filter(account=account, deleted_at=None)
    extra = (pk for pk in alive.values_list("pk", flat=True) if pk not in listed)
    for pk in chain(foreign, extra):
        row = _rows(action).filter(pk=pk).first()
        for found in _again(action, account, action.known(row)) if row else ():
            believed = sees_account or row.read_by == conf.api_key_fingerprint()
            yield found if believed else replace(found, answer=None)


def doubtful(action: type[StripeAction]) -> Iterator[Any]:
    """Return the rows that are in doubt."""
    yield from _rows(action).filter(in_doubt=True)


def repair(difference: Difference) -> bool:
    """Write what Stripe says; tell whether the row is right then."""
    action, answer = difference.action, difference.answer
    if answer is None:
        return False
    action.write_answer(answer, account=difference.account)
    return not list(_again(action, difference.account, answer.data))


def _again(
    action: type[StripeAction], account: str | None, data: dict[str, Any]
) -> Iterator[Difference]:
    """Read the object by its id: it, or its row, may have changed since it was listed."""
    answer = action.look_up(data, account)
    key = mapping.row_id(action.model(), data["id"], account)
    row = _rows(action).filter(pk=key).first()
    now = data if answer is None else None if answer.deleted else answer.data
    found = _difference(action, account, row, data["id"], now)
    if found is not None:
        yield Difference(found.kind, action, found.id, account, found.attributes, answer)


def _difference(
    action: type[StripeAction],
    account: str | None,
    row: Any,
    id: str,  # noqa: A002 - Stripe's name
    data: dict[str, Any] | None,
) -> Difference | None:
    is_alive = row is not None and row.deleted_at is None
    if data is None:
        return Difference("extra", action, id, account) if is_alive else None
    if not is_alive:
        return Difference("missing", action, id, account)
    attributes = comparison.differing(row, data)
    return Difference("stale", action, id, account, attributes) if attributes else None


def _is_proof(row: Any, data: dict[str, Any]) -> bool:
    """Tell whether a row is of this very object: chosen ids are the same in many accounts."""
    same = ("created", "livemode")
    return all(row.stripe_data.get(name) == data.get(name) for name in same)


def _rows(action: type[StripeAction]) -> Any:
    return action.model().objects.using(conf.database())
