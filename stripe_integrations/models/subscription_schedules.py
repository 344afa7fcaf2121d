from __future__ import annotations

from typing import ClassVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel
from stripe_integrations.models.fields import StripeLink
from stripe_integrations.models.querysets import OfCustomerQuerySet


class StripeBaseSubscriptionSchedule(StripeModel):
    """A schedule of changes to a subscription.

    Follows https://docs.stripe.com/api/subscription_schedules/object.
    """

    stripe_paths = {
        "current_phase_end": ("current_phase.end_date",),
        "current_phase_start": ("current_phase.start_date",),
        "end_behavior": ("end_behavior", "renewal_behavior"),
    }

    customer = StripeLink(conf.model_label("Customer"), related_name="subscription_schedules")
    subscription = StripeLink(conf.model_label("Subscription"), related_name="schedules")
    released_subscription = StripeLink(
        conf.model_label("Subscription"), related_name="+", db_index=False
    )
    status = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    end_behavior = models.CharField(max_length=255, null=True, blank=True)
    current_phase_start = models.DateTimeField(null=True, blank=True)
    current_phase_end = models.DateTimeField(null=True, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    completed_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    objects: ClassVar = OfCustomerQuerySet.as_manager()

    class Meta:
        abstract = True


class SubscriptionSchedule(StripeBaseSubscriptionSchedule):
    class Meta(StripeBaseSubscriptionSchedule.Meta):
        swappable = conf.swappable("SubscriptionSchedule")
