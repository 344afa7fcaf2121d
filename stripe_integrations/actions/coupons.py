from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stripe_integrations import kinds, money
from stripe_integrations.actions.resources import StripeResource

if TYPE_CHECKING:
    from stripe_integrations.models import Coupon, StripeBaseCoupon


class StripeCoupon(StripeResource["Coupon"]):
    """Verbs on coupons, which cannot be archived. Follows https://docs.stripe.com/api/coupons."""

    kind = kinds.COUPON

    @classmethod
    def create(
        cls,
        percent_off: float | Decimal | None = None,
        *,
        amount_off: int | Decimal | None = None,
        currency: str | None = None,
        account: str | None = None,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Coupon:
        """Create a coupon of so many percent or an amount, and return its row.

        `amount_off` is an int in minor units or a Decimal in the currency's unit; `id` chooses the
        coupon's id. The same call within a day returns the same coupon, unless that is deleted.
        Raises ValueError for a Decimal that is no whole number of minor units, and
        stripe.StripeError.
        """
        asked: dict[str, Any] = {}
        if percent_off is not None:
            asked["percent_off"] = str(percent_off)
        if amount_off is not None:
            asked["amount_off"] = money.to_minor(amount_off, currency)
        if currency is not None:
            asked["currency"] = currency
        return cls._create_one(
            {**asked, **params}, account=account, idempotency_key=idempotency_key
        )

    @classmethod
    def update(
        cls, coupon: StripeBaseCoupon | str, *, idempotency_key: str | None = None, **params: Any
    ) -> Coupon:
        """Change a coupon's name or metadata at Stripe, and return its row.

        Raises stripe.StripeError.
        """
        return cls._change(coupon, params, idempotency_key=idempotency_key)

    @classmethod
    def delete(
        cls, coupon: StripeBaseCoupon | str, *, idempotency_key: str | None = None
    ) -> Coupon:
        """Delete a coupon, and return its row, marked as deleted. Raises stripe.StripeError.

        Discounts that were given with it stay.
        """
        return cls._delete(coupon, idempotency_key=idempotency_key)
