from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stripe_integrations import kinds, money
from stripe_integrations.actions import arguments
from stripe_integrations.actions.resources import StripeArchivable

if TYPE_CHECKING:
    from stripe_integrations.models import Price, StripeBaseProduct


class StripePrice(StripeArchivable["Price"]):
    """Verbs on prices, which Stripe does not delete. Follows https://docs.stripe.com/api/prices."""

    kind = kinds.PRICE

    @classmethod
    def create(
        cls,
        product: StripeBaseProduct | str | None,
        unit_amount: int | Decimal | None,
        currency: str,
        *,
        account: str | None = None,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Price:
        """Create a price of a product, and return its row; `recurring={"interval": "month"}`.

        `unit_amount` is an int in minor units or a Decimal in the currency's unit; None where
        `tiers` or `unit_amount_decimal` is passed. `product` is None with `product_data`, for which
        `account` is meant; else the product's holds. The same call within a day returns the same
        price, unless that is archived. Raises ValueError for a Decimal that is no whole number of
        minor units, and stripe.StripeError.
        """
        asked: dict[str, Any] = {"currency": currency}
        if product is not None:
            meant = arguments.reference(kinds.PRODUCT, product)
            asked["product"] = meant.id
            account = meant.account if meant.row else account
        if unit_amount is not None:
            asked["unit_amount"] = money.to_minor(unit_amount, currency)
        return cls._create_one(
            {**asked, **params}, account=account, idempotency_key=idempotency_key
        )
