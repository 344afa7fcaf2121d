from __future__ import annotations

from stripe_integrations.actions.base import StripeAction


class StripeCoupon(StripeAction):
    """Verbs on coupons. Follows https://docs.stripe.com/api/coupons."""

    model_name = "Coupon"
    object_name = "coupon"
    resource = "coupons"
