from __future__ import annotations

from typing import ClassVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel
from stripe_integrations.models.fields import StripeIdField, StripeLink
from stripe_integrations.models.querysets import OfCustomerQuerySet


class StripeBaseFeature(StripeModel):
    """A feature that products entitle their customers to.

    Follows https://docs.stripe.com/api/entitlements/feature/object.
    """

    name = models.TextField(null=True, blank=True)
    lookup_key = StripeIdField(null=True, blank=True, db_index=True)
    active = models.BooleanField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    class Meta:
        abstract = True


class StripeBaseActiveEntitlement(StripeModel):
    """A feature that a customer is entitled to.

    Stripe sends the customer with the whole set, not in each of them. Follows
    https://docs.stripe.com/api/entitlements/active-entitlement/object.
    """

    customer = StripeLink(conf.model_label("Customer"), related_name="active_entitlements")
    feature = StripeLink(conf.model_label("Feature"), related_name="active_entitlements")
    lookup_key = StripeIdField(null=True, blank=True, db_index=True)

    objects: ClassVar = OfCustomerQuerySet.as_manager()

    class Meta:
        abstract = True


class Feature(StripeBaseFeature):
    class Meta(StripeBaseFeature.Meta):
        swappable = conf.swappable("Feature")


class ActiveEntitlement(StripeBaseActiveEntitlement):
    class Meta(StripeBaseActiveEntitlement.Meta):
        swappable = conf.swappable("ActiveEntitlement")
