from __future__ import annotations

import uuid

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel
from stripe_integrations.models.fields import StripeIdField, StripeLink


class WebhookEndpoint(StripeModel):
    """An endpoint of Stripe's that posts to this project.

    Follows https://docs.stripe.com/api/webhook_endpoints/object.
    """

    stripe_ignore = ("secrets", "tolerance", "uuid", "validation_method")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    url = models.TextField(blank=True, default="")
    secrets = models.JSONField(default=list, blank=True)
    tolerance = models.PositiveIntegerField(default=300, help_text="Seconds.")
    validation_method = models.CharField(max_length=32, default="verify_signature")
    status = models.CharField(max_length=255, null=True, blank=True)
    enabled_events = models.JSONField(default=list, blank=True)
    api_version = models.CharField(max_length=255, null=True, blank=True)
    application = StripeIdField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)


class WebhookEventTrigger(models.Model):
    """One HTTP request that reached an endpoint, believed or not."""

    event = StripeLink(conf.model_label("Event"), related_name="triggers")
    webhook_endpoint = StripeLink(WebhookEndpoint, related_name="triggers")
    stripe_trigger_account = StripeIdField(null=True, blank=True)
    remote_ip = models.GenericIPAddressField(null=True, blank=True)
    headers = models.JSONField(default=dict, blank=True)
    body = models.TextField(default="", blank=True)
    valid = models.BooleanField(default=False)
    processed = models.BooleanField(default=False)
    reason = models.CharField(max_length=32, default="", blank=True)
    exception = models.TextField(default="", blank=True)
    traceback = models.TextField(default="", blank=True)
    version = models.CharField(max_length=32, default="", blank=True)
    created = models.DateTimeField(auto_now_add=True, db_index=True)
    updated = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.pk} {self.reason or 'accepted'}"
