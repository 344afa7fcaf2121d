from __future__ import annotations

from typing import ClassVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel, money_of
from stripe_integrations.models.fields import StripeLink
from stripe_integrations.models.querysets import OfCustomerQuerySet


class StripeBaseQuote(StripeModel):
    """A quote, which becomes an invoice, a subscription or a schedule when it is accepted.

    Follows https://docs.stripe.com/api/quotes/object.
    """

    stripe_paths = {
        "accepted_at": ("status_transitions.accepted_at",),
        "canceled_at": ("status_transitions.canceled_at",),
        "finalized_at": ("status_transitions.finalized_at",),
    }

    customer = StripeLink(conf.model_label("Customer"), related_name="quotes")
    invoice = StripeLink(conf.model_label("Invoice"), related_name="+", db_index=False)
    subscription = StripeLink(conf.model_label("Subscription"), related_name="+", db_index=False)
    subscription_schedule = StripeLink(
        conf.model_label("SubscriptionSchedule"), related_name="+", db_index=False
    )
    number = models.CharField(max_length=255, null=True, blank=True)
    status = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    description = models.TextField(null=True, blank=True)
    collection_method = models.CharField(max_length=255, null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    amount_subtotal = models.BigIntegerField(null=True, blank=True)
    amount_total = models.BigIntegerField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    finalized_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    amount_subtotal_money = money_of("amount_subtotal")
    amount_total_money = money_of("amount_total")

    objects: ClassVar = OfCustomerQuerySet.as_manager()

    class Meta:
        abstract = True


class Quote(StripeBaseQuote):
    class Meta(StripeBaseQuote.Meta):
        swappable = conf.swappable("Quote")
