from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils import timezone

from stripe_integrations import conf
from stripe_integrations.models.base import Row, StripeModel, money_of
from stripe_integrations.models.fields import StripeLink
from stripe_integrations.models.querysets import OfCustomerQuerySet

if TYPE_CHECKING:
    from typing_extensions import Self


class StripeBaseDiscount(StripeModel):
    """A coupon as it is applied to a customer, a subscription, an invoice, or an item of these.

    Those of API versions before 2020-08-27 have no id and are not stored. Follows
    https://docs.stripe.com/api/discounts/object.
    """

    stripe_paths = {"coupon": ("source.coupon", "coupon")}

    customer = StripeLink(conf.model_label("Customer"), related_name="discounts")
    subscription = StripeLink(conf.model_label("Subscription"), related_name="discounts")
    subscription_item = StripeLink(conf.model_label("SubscriptionItem"), related_name="discounts")
    invoice = StripeLink(conf.model_label("Invoice"), related_name="discounts")
    invoice_item = StripeLink(conf.model_label("InvoiceItem"), related_name="+", db_index=False)
    coupon = StripeLink(conf.model_label("Coupon"), related_name="discounts")
    promotion_code = StripeLink(conf.model_label("PromotionCode"), related_name="discounts")
    checkout_session = StripeLink(
        conf.model_label("CheckoutSession"), related_name="+", db_index=False
    )
    start = models.DateTimeField(null=True, blank=True)
    end = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = OfCustomerQuerySet.as_manager()

    class Meta:
        abstract = True


class PromotionCodeQuerySet(OfCustomerQuerySet[Row]):
    """Promotion codes."""

    def active(self) -> Self:
        """Keep those that customers can redeem at this moment."""
        lasts = models.Q(expires_at=None) | models.Q(expires_at__gt=timezone.now())
        return self.not_deleted().filter(lasts, active=True)


class StripeBasePromotionCode(StripeModel):
    """A code by which customers redeem a coupon; one without a customer is for all of them.

    Follows https://docs.stripe.com/api/promotion_codes/object.
    """

    stripe_paths = {
        "coupon": ("promotion.coupon", "coupon"),
        "first_time_transaction": ("restrictions.first_time_transaction",),
        "minimum_amount": ("restrictions.minimum_amount",),
        "minimum_amount_currency": ("restrictions.minimum_amount_currency",),
    }

    code = models.CharField(max_length=512, null=True, blank=True, db_index=True)
    coupon = StripeLink(conf.model_label("Coupon"), related_name="promotion_codes")
    customer = StripeLink(conf.model_label("Customer"), related_name="promotion_codes")
    active = models.BooleanField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    max_redemptions = models.BigIntegerField(null=True, blank=True)
    times_redeemed = models.BigIntegerField(null=True, blank=True)
    first_time_transaction = models.BooleanField(null=True, blank=True)
    minimum_amount = models.BigIntegerField(null=True, blank=True)
    minimum_amount_currency = models.CharField(max_length=255, null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    minimum_amount_money = money_of("minimum_amount", "minimum_amount_currency")

    objects: ClassVar = PromotionCodeQuerySet.as_manager()

    class Meta:
        abstract = True


class Discount(StripeBaseDiscount):
    class Meta(StripeBaseDiscount.Meta):
        swappable = conf.swappable("Discount")


class PromotionCode(StripeBasePromotionCode):
    class Meta(StripeBasePromotionCode.Meta):
        swappable = conf.swappable("PromotionCode")
