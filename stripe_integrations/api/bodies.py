"""What clients may send: which prices, how many, and where to return to.

Amounts are those of the catalogue. An unknown attribute is ignored, as by any serializer; only what
is named here reaches Stripe.
"""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from rest_framework import serializers

from stripe_integrations import kinds
from stripe_integrations.api.return_urls import ReturnURLField
from stripe_integrations.conf import MAX_ID
from stripe_integrations.mirror import rows

#: What Stripe takes of one price.
MAX_QUANTITY = 999_999
#: What Stripe takes of the items of a subscription.
MAX_ITEMS = 20


class PricedItemBody(serializers.Serializer[Any]):
    """A price of the catalogue, and how many of it."""

    price = serializers.CharField(max_length=MAX_ID, help_text="An id or a lookup key.")
    quantity = serializers.IntegerField(
        min_value=1,
        max_value=MAX_QUANTITY,
        required=False,
        help_text="1 by default; none for a metered price.",
    )

    def validate_price(self, name: str) -> Any:
        """Return the row of a price that is for sale."""
        row = for_sale(name)
        if row is None:
            raise serializers.ValidationError(
                "This price is not for sale: take one of the catalogue."
            )
        return row


class PricedItemsField(serializers.ListSerializer[Any]):
    """A list of items, which becomes rows of prices, each alone or in a tuple with its quantity."""

    def __init__(self, **kwargs: Any) -> None:
        limits = {"allow_empty": False, "max_length": MAX_ITEMS}
        super().__init__(child=PricedItemBody(), **{**limits, **kwargs})

    def to_internal_value(self, data: Any) -> Any:
        items = super().to_internal_value(data)
        if len({each["price"].pk for each in items}) < len(items):
            raise serializers.ValidationError(["Name each price once, with its quantity."])
        return [
            (each["price"], each["quantity"]) if "quantity" in each else each["price"]
            for each in items
        ]


class CheckoutBody(serializers.Serializer[Any]):
    """What to buy, and where to go afterwards."""

    line_items = PricedItemsField()
    success_url = ReturnURLField()
    cancel_url = ReturnURLField(required=False)


class PortalBody(serializers.Serializer[Any]):
    """Where the link at the portal leads back to."""

    return_url = ReturnURLField(required=False)


class CancelBody(serializers.Serializer[Any]):
    """When to cancel: at the end of the paid period, or at once."""

    at_period_end = serializers.BooleanField(default=True)


class SwapBody(serializers.Serializer[Any]):
    """What the subscription is to be to, and nothing else."""

    items = PricedItemsField()

    def validate_items(self, items: list[Any]) -> list[Any]:
        """Refuse what is paid once."""
        rows_ = [each[0] if isinstance(each, tuple) else each for each in items]
        if any(row.type != "recurring" for row in rows_):
            raise serializers.ValidationError("A subscription is to recurring prices.")
        return items


class NoBody(serializers.Serializer[Any]):
    """Nothing has to be said."""


def for_sale(name: str) -> Any:
    """Return the price that is meant by an id or a lookup key; None if it is not for sale."""
    ours = rows.of_kind(kinds.PRICE).for_sale().filter(account=None)
    named = ours.filter(Q(pk=name) | Q(lookup_key=name)).order_by("-created", "-pk")
    return max(named, key=lambda row: row.pk == name, default=None)
