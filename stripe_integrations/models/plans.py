from __future__ import annotations

from decimal import Decimal

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel
from stripe_integrations.models.fields import StripeLink
from stripe_integrations.money import to_decimal


class StripeBasePlan(StripeModel):
    """A plan, Stripe's older kind of recurring price; the price of the same id is the same thing.

    Follows https://docs.stripe.com/api/plans/object.
    """

    stripe_chosen_ids = True
    stripe_paths = {
        "amount_decimal": ("amount_decimal", "amount"),
        "nickname": ("nickname", "name"),
    }

    product = StripeLink(conf.model_label("Product"), related_name="plans")
    meter = StripeLink(conf.model_label("Meter"), related_name="plans")
    active = models.BooleanField(null=True, blank=True)
    nickname = models.TextField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    amount = models.BigIntegerField(null=True, blank=True)
    amount_decimal = models.DecimalField(max_digits=32, decimal_places=12, null=True, blank=True)
    interval = models.CharField(max_length=255, null=True, blank=True)
    interval_count = models.IntegerField(null=True, blank=True)
    billing_scheme = models.CharField(max_length=255, null=True, blank=True)
    usage_type = models.CharField(max_length=255, null=True, blank=True)
    trial_period_days = models.IntegerField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    class Meta:
        abstract = True

    @property
    def amount_money(self) -> Decimal | None:
        """The amount in the currency's unit, fractions of a cent included."""
        exact = self.amount if self.amount_decimal is None else self.amount_decimal
        return to_decimal(exact, self.currency)


class Plan(StripeBasePlan):
    class Meta(StripeBasePlan.Meta):
        swappable = conf.swappable("Plan")
