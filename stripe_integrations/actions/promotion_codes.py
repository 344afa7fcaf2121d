from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_integrations import client, kinds
from stripe_integrations.actions import arguments
from stripe_integrations.actions.resources import StripeArchivable

if TYPE_CHECKING:
    from stripe_integrations.models import PromotionCode, StripeBaseCoupon

#: Since this version the coupon is in `promotion`.
PROMOTION = "2025-09-30"


class StripePromotionCode(StripeArchivable["PromotionCode"]):
    """Verbs on promotion codes, which Stripe does not delete.

    Follows https://docs.stripe.com/api/promotion_codes.
    """

    kind = kinds.PROMOTION_CODE

    @classmethod
    def create(
        cls,
        coupon: StripeBaseCoupon | str,
        code: str | None = None,
        *,
        account: str | None = None,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> PromotionCode:
        """Create a code that customers redeem for a coupon, and return its row.

        Stripe makes one up without `code`. `account` is that of a coupon without a row. The same
        call within a day returns the same promotion code, unless that is archived. Raises
        stripe.StripeError.
        """
        meant = arguments.reference(kinds.COUPON, coupon)
        asked: dict[str, Any] = {"coupon": meant.id}
        if client.api_version() >= PROMOTION:
            asked = {"promotion": {"type": "coupon", "coupon": meant.id}}
        if code is not None:
            asked["code"] = code
        account = meant.account if meant.row else account
        return cls._create_one(
            {**asked, **params}, account=account, idempotency_key=idempotency_key
        )
