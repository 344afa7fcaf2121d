from __future__ import annotations

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel
from stripe_integrations.models.fields import StripeLink


class StripeBaseSubscriptionItem(StripeModel):
    """A price and a quantity of a subscription.

    Its own billing period is sent since 2025-03-31.basil. Follows
    https://docs.stripe.com/api/subscription_items/object.
    """

    stripe_paths = {
        "price": ("price", "plan"),
        "product": ("price.product", "plan.product"),
    }

    subscription = StripeLink(conf.model_label("Subscription"), related_name="items")
    price = StripeLink(conf.model_label("Price"), related_name="subscription_items")
    product = StripeLink(conf.model_label("Product"), related_name="subscription_items")
    quantity = models.BigIntegerField(null=True, blank=True)
    current_period_start = models.DateTimeField(null=True, blank=True)
    current_period_end = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    class Meta:
        abstract = True


class SubscriptionItem(StripeBaseSubscriptionItem):
    class Meta(StripeBaseSubscriptionItem.Meta):
        swappable = conf.swappable("SubscriptionItem")
