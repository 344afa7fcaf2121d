from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel, StripeQuerySet, is_nobody
from stripe_integrations.models.fields import StripeIdField, StripeLink


class SubscriptionQuerySet(StripeQuerySet):
    """Subscriptions."""

    def current(self) -> SubscriptionQuerySet:
        """Keep those that still run: trialing, active, or past due while Stripe retries."""
        return self.not_deleted().filter(status__in=("trialing", "active", "past_due"))

    def active(self) -> SubscriptionQuerySet:
        """Keep those that Stripe says to give access to: trialing or active."""
        return self.not_deleted().filter(status__in=("trialing", "active"))

    def for_user(self, user: Any) -> SubscriptionQuerySet:
        """Keep those of a local user; none for one who is not logged in."""
        return self.none() if is_nobody(user) else self.filter(customer__user=user)


class StripeBaseSubscription(StripeModel):
    """A subscription; with several items, price, quantity and period are the first item's.

    Follows https://docs.stripe.com/api/subscriptions/object.
    """

    stripe_paths = {
        "collection_method": ("collection_method", "billing"),
        "current_period_end": ("current_period_end", "items.data.0.current_period_end"),
        "current_period_start": ("current_period_start", "items.data.0.current_period_start"),
        "price": ("items.data.0.price", "items.data.0.plan", "plan"),
        "quantity": ("items.data.0.quantity", "quantity"),
        "start_date": ("start_date", "start"),
    }

    customer = StripeLink(conf.model_label("Customer"), related_name="%(class)ss")
    status = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    price = StripeLink(conf.model_label("Price"), related_name="%(class)ss")
    quantity = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    collection_method = models.CharField(max_length=255, null=True, blank=True)
    start_date = models.DateTimeField(null=True, blank=True)
    current_period_start = models.DateTimeField(null=True, blank=True)
    current_period_end = models.DateTimeField(null=True, blank=True)
    trial_start = models.DateTimeField(null=True, blank=True)
    trial_end = models.DateTimeField(null=True, blank=True)
    cancel_at = models.DateTimeField(null=True, blank=True)
    cancel_at_period_end = models.BooleanField(null=True, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    default_payment_method = StripeIdField(null=True, blank=True)
    latest_invoice = StripeIdField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    objects: ClassVar[Any] = SubscriptionQuerySet.as_manager()

    class Meta:
        abstract = True


class Subscription(StripeBaseSubscription):
    class Meta(StripeBaseSubscription.Meta):
        swappable = conf.swappable("Subscription")
