from __future__ import annotations

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel, money_of


class StripeBaseCoupon(StripeModel):
    """A coupon: `amount_off` or `percent_off`.

    Follows https://docs.stripe.com/api/coupons/object.
    """

    stripe_chosen_ids = True

    name = models.TextField(null=True, blank=True)
    duration = models.CharField(max_length=255, null=True, blank=True)
    duration_in_months = models.IntegerField(null=True, blank=True)
    amount_off = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    percent_off = models.DecimalField(max_digits=20, decimal_places=12, null=True, blank=True)
    max_redemptions = models.BigIntegerField(null=True, blank=True)
    times_redeemed = models.BigIntegerField(null=True, blank=True)
    redeem_by = models.DateTimeField(null=True, blank=True)
    valid = models.BooleanField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    amount_off_money = money_of("amount_off")

    class Meta:
        abstract = True


class Coupon(StripeBaseCoupon):
    class Meta(StripeBaseCoupon.Meta):
        swappable = conf.swappable("Coupon")
