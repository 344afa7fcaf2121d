from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, ClassVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import Row, StripeModel, StripeQuerySet
from stripe_integrations.models.fields import StripeIdField, StripeLink
from stripe_integrations.money import to_decimal

if TYPE_CHECKING:
    from typing_extensions import Self


class PriceQuerySet(StripeQuerySet[Row]):
    """Prices."""

    def for_sale(self) -> Self:
        """Keep the active prices of active products."""
        return self.not_deleted().filter(
            active=True, product__active=True, product__deleted_at=None
        )


class StripeBasePrice(StripeModel):
    """A price; fractional and tiered prices have no `unit_amount`.

    Follows https://docs.stripe.com/api/prices/object.
    """

    stripe_chosen_ids = True  # a plan of former times keeps the id that somebody chose
    stripe_paths = {
        "recurring_interval": ("recurring.interval",),
        "recurring_interval_count": ("recurring.interval_count",),
        "recurring_usage_type": ("recurring.usage_type",),
    }

    product = StripeLink(conf.model_label("Product"), related_name="%(class)ss")
    active = models.BooleanField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    unit_amount = models.BigIntegerField(null=True, blank=True)
    unit_amount_decimal = models.DecimalField(
        max_digits=32, decimal_places=12, null=True, blank=True
    )
    nickname = models.TextField(null=True, blank=True)
    lookup_key = StripeIdField(null=True, blank=True, db_index=True)
    type = models.CharField(max_length=255, null=True, blank=True)
    billing_scheme = models.CharField(max_length=255, null=True, blank=True)
    tax_behavior = models.CharField(max_length=255, null=True, blank=True)
    recurring_interval = models.CharField(max_length=255, null=True, blank=True)
    recurring_interval_count = models.IntegerField(null=True, blank=True)
    recurring_usage_type = models.CharField(max_length=255, null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    objects: ClassVar = PriceQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def unit_amount_money(self) -> Decimal | None:
        """The price of one unit in the currency's unit, fractions of a cent included."""
        exact = self.unit_amount if self.unit_amount_decimal is None else self.unit_amount_decimal
        return to_decimal(exact, self.currency)


class Price(StripeBasePrice):
    class Meta(StripeBasePrice.Meta):
        swappable = conf.swappable("Price")
