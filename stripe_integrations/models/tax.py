from __future__ import annotations

from typing import ClassVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel
from stripe_integrations.models.fields import StripeLink
from stripe_integrations.models.querysets import OfCustomerQuerySet


class StripeBaseTaxId(StripeModel):
    """A tax id of a customer, or of the account itself.

    Follows https://docs.stripe.com/api/tax_ids/object.
    """

    stripe_paths = {
        "customer": ("owner.customer", "customer"),
        "verification_status": ("verification.status",),
    }

    customer = StripeLink(conf.model_label("Customer"), related_name="tax_ids")
    type = models.CharField(max_length=255, null=True, blank=True)
    value = models.CharField(max_length=255, null=True, blank=True)
    country = models.CharField(max_length=255, null=True, blank=True)
    verification_status = models.CharField(max_length=255, null=True, blank=True)

    objects: ClassVar = OfCustomerQuerySet.as_manager()

    class Meta:
        abstract = True


class StripeBaseTaxRate(StripeModel):
    """A tax rate.

    Follows https://docs.stripe.com/api/tax_rates/object.
    """

    active = models.BooleanField(null=True, blank=True)
    display_name = models.TextField(null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    percentage = models.DecimalField(max_digits=20, decimal_places=12, null=True, blank=True)
    effective_percentage = models.DecimalField(
        max_digits=20, decimal_places=12, null=True, blank=True
    )
    inclusive = models.BooleanField(null=True, blank=True)
    tax_type = models.CharField(max_length=255, null=True, blank=True)
    country = models.CharField(max_length=255, null=True, blank=True)
    state = models.CharField(max_length=255, null=True, blank=True)
    jurisdiction = models.CharField(max_length=255, null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    class Meta:
        abstract = True


class TaxId(StripeBaseTaxId):
    class Meta(StripeBaseTaxId.Meta):
        swappable = conf.swappable("TaxId")


class TaxRate(StripeBaseTaxRate):
    class Meta(StripeBaseTaxRate.Meta):
        swappable = conf.swappable("TaxRate")
