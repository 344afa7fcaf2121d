"""What verbs take where prices are meant: rows, ids or lookup keys, with a quantity or without."""

from __future__ import annotations

from typing import Any

from stripe_integrations import kinds
from stripe_integrations.actions.arguments import Reference, reference, several
from stripe_integrations.mirror import rows
from stripe_integrations.storable import is_usable_id

#: What the ids that Stripe gives to prices and plans begin with.
ID_PREFIXES = ("price_", "plan_")


def price(given: Any, account: str | None) -> Reference:
    """Return the price of an account that is meant by a row, an id or a lookup key.

    A lookup key is looked up in the mirror, among the active prices. Raises ValueError for one that
    is not found there, and TypeError for anything else.
    """
    if not is_usable_id(given):
        return reference(kinds.PRICE, given)
    theirs = rows.of_kind(kinds.PRICE).filter(account=account)
    row = theirs.filter(pk=rows.pk_of(kinds.PRICE, given, account)).first()
    if row is None:
        named = theirs.not_deleted().filter(lookup_key=given, active=True)
        row = named.order_by("-created", "-pk").first()
    if row is not None:
        return Reference(row.stripe_id, row.account, row)
    if given.startswith(ID_PREFIXES):
        return Reference(given, account)
    raise ValueError(
        f"No active price in the mirror has the id or the lookup key {given!r}: "
        "call StripePrice.sync_all() if Stripe has one."
    )


def item(given: Any, account: str | None, *, is_counted: bool = False) -> dict[str, Any]:
    """Return an item as Stripe takes it, from a price, `(price, quantity)` or Stripe's own form.

    If `is_counted`, the quantity is one by default, except of metered prices, which have none.
    """
    if isinstance(given, dict):
        return given
    quantity = None
    if isinstance(given, tuple):
        if len(given) != 2 or type(given[1]) is not int:
            raise TypeError("Pass a price alone, or a tuple of a price and its quantity.")
        given, quantity = given
    meant = price(given, account)
    row: Any = meant.row
    is_metered = row is not None and row.recurring_usage_type == "metered"
    if quantity is None and is_counted and not is_metered:
        quantity = 1
    return {"price": meant.id, **({} if quantity is None else {"quantity": quantity})}


def items(given: Any, account: str | None, *, is_counted: bool = False) -> list[dict[str, Any]]:
    """Return items as Stripe takes them, from a list of what `item` takes.

    Raises TypeError for one that is not in a list.
    """
    return [item(each, account, is_counted=is_counted) for each in several("prices", given)]
