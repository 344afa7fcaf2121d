from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.module_loading import import_string

from stripe_integrations import conf, signatures
from stripe_integrations.exceptions import SignatureRefused
from stripe_integrations.models.endpoints import WebhookEndpoint
from stripe_integrations.models.fields import StripeIdField, StripeLink
from stripe_integrations.remote_address import remote_address

#: Where the verbs are: models import nothing from above.
VERBS = "stripe_integrations.actions.triggers"


class WebhookEventTrigger(models.Model):
    """One HTTP request that reached the webhook, believed or not."""

    event = StripeLink(conf.model_label("Event"), related_name="triggers")
    webhook_endpoint = StripeLink(WebhookEndpoint, related_name="triggers")
    secret_name = models.CharField(
        max_length=64, default="", blank=True, help_text="The secret that it was signed with."
    )
    stripe_trigger_account = StripeIdField(
        null=True, blank=True, help_text="The connected account it is about; null for our own."
    )
    remote_ip = models.GenericIPAddressField(
        null=True, blank=True, help_text="As far as TRUSTED_PROXIES are to be believed."
    )
    headers = models.JSONField(default=dict, blank=True)
    refused_body = models.TextField(
        default="", blank=True, help_text="The beginning of it; an accepted one is the event's."
    )
    valid = models.BooleanField(default=False, help_text="Whether it came from Stripe.")
    processed = models.BooleanField(
        default=False, help_text="Whether every class was done when it was answered."
    )
    reason = models.CharField(max_length=32, default="", blank=True)
    exception = models.TextField(default="", blank=True)
    traceback = models.TextField(default="", blank=True)
    version = models.CharField(
        max_length=32, default="", blank=True, help_text="Of stripe_integrations."
    )
    created = models.DateTimeField(default=timezone.now, db_index=True)
    updated = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"{self.pk} {self.reason or 'accepted'}"

    # -- what it says

    @property
    def body(self) -> str:
        """What was posted: the event's own text, or the beginning of what was refused."""
        return self.event.body if self.event else self.refused_body

    def json_body(self) -> Any:
        """Return the body as JSON says it, an empty dict where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return {}

    def verify_signature(self, secret: str, tolerance: int) -> bool:
        """Tell whether this secret signed the body, `tolerance` seconds ago at most."""
        header = self.headers.get(signatures.HEADER)
        try:
            signatures.verify(self.body, header, [signatures.Secret("", secret, tolerance)])
        except SignatureRefused:
            return False
        return True

    @staticmethod
    def get_remote_ip(request: Any) -> str | None:
        """Return the address of the client, as far as the proxies on the way are trusted."""
        return remote_address(request)

    # -- what is done with it

    @classmethod
    def from_request(cls, request: Any, *, webhook_endpoint: WebhookEndpoint) -> Any:
        """Validate and process a request, and return its trigger; `valid` is False if refused.

        Raises WebhookFailed when a webhook class raised.
        """
        return import_string(f"{VERBS}.from_request")(request, webhook_endpoint)

    def validate(self, api_key: str | None = None, secret: str | None = None) -> bool:
        """Read the event from Stripe's API, and tell whether this is that event.

        With `secret`, that must have signed it, too.
        """
        return bool(import_string(f"{VERBS}.validate")(self, api_key, secret))

    def process(self, save: bool = True, api_key: str | None = None) -> Any:
        """Run the webhook classes that are not done with its event, and return that.

        Of a refused request, what Stripe's API says of the event is processed, not the body.
        Raises PayloadRefused or PayloadNotConfirmed, or WebhookFailed when a class raised.
        """
        return import_string(f"{VERBS}.process")(self, save, api_key)


class RefusedCount(models.Model):
    """How many requests an endpoint refused in one minute, and why."""

    minute = models.DateTimeField()
    endpoint = StripeIdField(blank=True, default="", help_text="Empty for the settings' secrets.")
    reason = models.CharField(max_length=32)
    count = models.BigIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["minute", "endpoint", "reason"], name="stripe_refused_count"
            )
        ]

    def __str__(self) -> str:
        return f"{self.endpoint or 'settings'} {self.reason}"
