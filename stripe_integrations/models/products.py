from __future__ import annotations

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel
from stripe_integrations.models.fields import StripeLink
from stripe_integrations.models.indexes import BeginningIndex


class StripeBaseProduct(StripeModel):
    """A product.

    Follows https://docs.stripe.com/api/products/object.
    """

    stripe_chosen_ids = True

    name = models.TextField(null=True, blank=True)
    active = models.BooleanField(null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    default_price = StripeLink(conf.model_label("Price"), related_name="+")
    type = models.CharField(max_length=255, null=True, blank=True)
    tax_code = models.CharField(max_length=255, null=True, blank=True)
    unit_label = models.CharField(max_length=255, null=True, blank=True)
    url = models.TextField(null=True, blank=True)
    images = models.JSONField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)
    updated = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        # The admin's search for the beginning of a name.
        indexes = [BeginningIndex(fields=["name"], name="%(app_label)s_%(class)s_name")]


class Product(StripeBaseProduct):
    class Meta(StripeBaseProduct.Meta):
        swappable = conf.swappable("Product")
