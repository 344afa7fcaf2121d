from __future__ import annotations

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel


class StripeBaseMeter(StripeModel):
    """A meter, which adds up the usage that is billed.

    Follows https://docs.stripe.com/api/billing/meter/object.
    """

    stripe_paths = {
        "aggregation": ("default_aggregation.formula",),
        "customer_payload_key": ("customer_mapping.event_payload_key",),
        "deactivated_at": ("status_transitions.deactivated_at",),
        "value_payload_key": ("value_settings.event_payload_key",),
    }

    display_name = models.TextField(null=True, blank=True)
    event_name = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    status = models.CharField(max_length=255, null=True, blank=True)
    aggregation = models.CharField(max_length=255, null=True, blank=True)
    event_time_window = models.CharField(max_length=255, null=True, blank=True)
    customer_payload_key = models.CharField(max_length=255, null=True, blank=True)
    value_payload_key = models.CharField(max_length=255, null=True, blank=True)
    deactivated_at = models.DateTimeField(null=True, blank=True)
    updated = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True


class Meter(StripeBaseMeter):
    class Meta(StripeBaseMeter.Meta):
        swappable = conf.swappable("Meter")
