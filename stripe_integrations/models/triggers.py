from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils import timezone
from django.utils.module_loading import import_string

from stripe_integrations import conf
from stripe_integrations.masking import HiddenText
from stripe_integrations.models.endpoints import WebhookEndpoint
from stripe_integrations.models.fields import StripeIdField, StripeLink
from stripe_integrations.remote_address import remote_address

if TYPE_CHECKING:
    from typing_extensions import Self

    from stripe_integrations.models.events import Event

#: Where the verbs are: models import nothing from above.
RECEIVE = "stripe_integrations.inbox.receive"
STORED = "stripe_integrations.inbox.stored_triggers"


class WebhookEventTrigger(models.Model):
    """One HTTP request that reached the webhook, believed or not."""

    event = StripeLink(conf.model_label("Event"), related_name="triggers")
    webhook_endpoint = StripeLink(WebhookEndpoint, related_name="triggers")
    secret_name = models.CharField(
        max_length=64, default="", blank=True, help_text="Name of the secret that signed it."
    )
    stripe_trigger_account = StripeIdField(
        null=True, blank=True, help_text="The connected account of the event; null for your own."
    )
    remote_ip = models.GenericIPAddressField(
        null=True, blank=True, help_text="The address of the client, behind TRUSTED_PROXIES."
    )
    headers = models.JSONField(default=dict, blank=True)
    refused_body = models.TextField(
        default="", blank=True, help_text="The beginning of a refused body."
    )
    valid = models.BooleanField(default=False, help_text="Whether it was accepted.")
    processed = models.BooleanField(
        default=False, help_text="Whether all webhook classes were done at the answer."
    )
    reason = models.CharField(max_length=32, default="", blank=True)
    exception = models.TextField(default="", blank=True)
    traceback = models.TextField(default="", blank=True)
    version = models.CharField(
        max_length=32, default="", blank=True, help_text="Version of stripe_integrations."
    )
    created = models.DateTimeField(default=timezone.now, db_index=True)
    updated = models.DateTimeField(auto_now=True)

    #: The request that it was built from, None for a row that was read.
    request: Any = None

    class Meta:
        # MySQL and MariaDB ignore the conditions.
        indexes = [
            models.Index(
                fields=["reason", "created"],
                name="stripe_trigger_reason",
                condition=~models.Q(reason=""),
            ),
            models.Index(
                fields=["valid", "created"],
                name="stripe_refused_trigger",
                condition=models.Q(valid=False),
            ),
        ]

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
        return bool(import_string(f"{STORED}.verify_signature")(self, secret, tolerance))

    @staticmethod
    def get_remote_ip(request: Any) -> str | None:
        """Return the address of the client, as far as the proxies on the way are trusted."""
        return remote_address(request)

    # -- its row, which is inserted with that of the event

    def insert(self, using: str, *, is_processed: bool) -> None:
        """Insert its row. An earlier attempt may have done so that was undone."""
        self.pk, self.processed = None, is_processed
        self.save(using=using, force_insert=True)

    def note_inserted(self, using: str, key: Any, *, is_processed: bool) -> None:
        """Take the key of its row, which a statement has inserted."""
        self.pk, self.processed = key, is_processed
        self._state.adding, self._state.db = False, using

    def note_undone(self) -> None:
        """Be unsaved again: what inserted its row was undone."""
        self.pk, self._state.adding = None, True

    # -- what is done with it

    @classmethod
    def from_request(cls, request: Any, *, webhook_endpoint: WebhookEndpoint) -> Self:
        """Validate and process a request, and return its trigger; `valid` is False if refused.

        Raises WebhookFailed when a webhook class raised.
        """
        trigger: Self = import_string(f"{RECEIVE}.from_request")(request, webhook_endpoint)
        return trigger

    def validate(self, api_key: str | None = None, secret: str | None = None) -> bool:
        """Read the event from Stripe's API, and tell whether this is that event.

        With `secret`, that must have signed it, too.
        """
        api_key, secret = api_key and HiddenText(api_key), secret and HiddenText(secret)
        return bool(import_string(f"{STORED}.validate")(self, api_key, secret))

    def process(self, save: bool = True, api_key: str | None = None) -> Event:
        """Run the webhook classes that are not done with its event, and return that.

        Of a refused request, what Stripe's API says of the event is processed, not the body.
        Raises PayloadRefused or PayloadNotConfirmed, or WebhookFailed when a class raised.
        """
        api_key = api_key and HiddenText(api_key)
        event: Event = import_string(f"{STORED}.process_trigger")(self, save, api_key)
        return event


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
