"""The verbs on what a subscription is to: its prices and quantities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_integrations import kinds
from stripe_integrations.actions import arguments, prices_given
from stripe_integrations.actions.arguments import Reference
from stripe_integrations.actions.base import StripeAction
from stripe_integrations.mirror import rows

if TYPE_CHECKING:
    from stripe_integrations.models import StripeBaseSubscription, Subscription


class SubscriptionItemVerbs(StripeAction["Subscription"]):
    """Verbs on the prices and quantities of a subscription.

    What is there already is read from the mirror; from the API if the mirror does not have it.
    `params` are Stripe's own, as `proration_behavior="none"`. Each raises stripe.StripeError.
    """

    @classmethod
    def swap(
        cls,
        subscription: StripeBaseSubscription | str,
        prices: Any,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Subscription:
        """Let a subscription be to these prices and no others, and return the row.

        A price is a row, an id or a lookup key, alone or in a tuple with a quantity. A price that
        takes the place of another one takes its quantity, too.
        """
        given = arguments.reference(cls.kind, subscription)
        changes = {"items": cls._swapped(given, prices), **params}
        return cls._change(subscription, changes, idempotency_key=idempotency_key)

    @classmethod
    def add_price(
        cls,
        subscription: StripeBaseSubscription | str,
        price: Any,
        quantity: int | None = None,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Subscription:
        """Let a subscription be to one price more, and return the row.

        The price is a row, an id or a lookup key.
        """
        given = arguments.reference(cls.kind, subscription)
        item = prices_given.item(price if quantity is None else (price, quantity), given.account)
        changes = {"items": [item], **params}
        return cls._change(subscription, changes, idempotency_key=idempotency_key)

    @classmethod
    def remove_price(
        cls,
        subscription: StripeBaseSubscription | str,
        price: Any,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Subscription:
        """Take a price out of a subscription, and return the row.

        Raises ValueError if the subscription is not to that price.
        """
        item = cls._item(arguments.reference(cls.kind, subscription), price)
        changes = {"items": [{"id": item.stripe_id, "deleted": True}], **params}
        return cls._change(subscription, changes, idempotency_key=idempotency_key)

    @classmethod
    def set_quantity(
        cls,
        subscription: StripeBaseSubscription | str,
        quantity: int,
        price: Any = None,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Subscription:
        """Set the quantity of a price of a subscription, and return the row.

        `price` may be left out if there is only one. Raises ValueError if there are several, or
        none like it.
        """
        item = cls._item(arguments.reference(cls.kind, subscription), price)
        changes = {"items": [{"id": item.stripe_id, "quantity": quantity}], **params}
        return cls._change(subscription, changes, idempotency_key=idempotency_key)

    @classmethod
    def increment_quantity(
        cls,
        subscription: StripeBaseSubscription | str,
        by: int = 1,
        price: Any = None,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Subscription:
        """Raise the quantity of a price of a subscription, and return the row.

        Stripe is sent the quantity that the mirror has, plus `by`, and one at least. So a retry
        raises it once; two calls at the same moment count as one. Otherwise it is like
        `set_quantity`.
        """
        by = arguments.whole_number("by", by)
        return cls._add(subscription, by, price, idempotency_key=idempotency_key, **params)

    @classmethod
    def decrement_quantity(
        cls,
        subscription: StripeBaseSubscription | str,
        by: int = 1,
        price: Any = None,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Subscription:
        """Lower the quantity of a price of a subscription, at most to one, and return the row.

        Stripe is sent the quantity that the mirror has, less `by`. So a retry lowers it once; two
        calls at the same moment count as one. Otherwise it is like `set_quantity`.
        """
        by = arguments.whole_number("by", by)
        return cls._add(subscription, -by, price, idempotency_key=idempotency_key, **params)

    @classmethod
    def _items(cls, given: Reference) -> list[Any]:
        """Return the rows of a subscription's items, oldest first."""
        of_it = rows.of_kind(kinds.SUBSCRIPTION_ITEM).filter(
            subscription=given.id, account=given.account, deleted_at=None
        )
        if not of_it.exists():
            cls.retrieve(given.id, account=given.account)
        return list(of_it.order_by("created", "pk"))

    @classmethod
    def _add(
        cls,
        subscription: StripeBaseSubscription | str,
        number: int,
        price: Any,
        *,
        idempotency_key: str | None,
        **params: Any,
    ) -> Subscription:
        """Send the quantity that the mirror has, plus a number, but one at least."""
        item = cls._item(arguments.reference(cls.kind, subscription), price)
        quantity = max(1, (item.quantity or 0) + number)
        changes = {"items": [{"id": item.stripe_id, "quantity": quantity}], **params}
        return cls._change(subscription, changes, idempotency_key=idempotency_key)

    @classmethod
    def _item(cls, given: Reference, price: Any) -> Any:
        """Return the row of the item with a price, or of the only one."""
        items = cls._items(given)
        if price is not None:
            wanted = prices_given.price(price, given.account).id
            items = [each for each in items if _price_id(each) == wanted]
        if len(items) == 1:
            return items[0]
        if price is not None:
            raise ValueError(f"The subscription {given.id} has no item with the price {price}.")
        raise ValueError(
            f"The subscription {given.id} has {len(items)} prices: pass one of them, price=…."
        )

    @classmethod
    def _swapped(cls, given: Reference, prices: Any) -> list[dict[str, Any]]:
        """Return the changes after which a subscription is to these prices and no others."""
        wanted = prices_given.items(prices, given.account)
        left = {_price_id(each): each.stripe_id for each in cls._items(given)}
        kept = [
            {**each, "id": left.pop(each["price"])} for each in wanted if each.get("price") in left
        ]
        seen = {each["price"] for each in kept}
        new = [each for each in wanted if each.get("price") not in seen]
        free = list(left.values())
        replaced = [{**each, "id": item} for each, item in zip(new, free, strict=False)]
        removed = [{"id": item, "deleted": True} for item in free[len(new) :]]
        return [*kept, *replaced, *new[len(free) :], *removed]


def _price_id(item: Any) -> str | None:
    """Return the id that Stripe has for an item's price."""
    price = item.stripe_data.get("price") or item.stripe_data.get("plan") or {}
    return price if isinstance(price, str) else price.get("id")
