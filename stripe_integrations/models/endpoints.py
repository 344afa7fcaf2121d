from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone

from stripe_integrations.choices import ValidationMethod
from stripe_integrations.masking import HiddenText
from stripe_integrations.models.base import StripeModel
from stripe_integrations.models.fields import StripeIdField


class WebhookEndpoint(StripeModel):
    """An endpoint of Stripe's that posts to this project.

    Two have the same uuid while a secret is rolled. Follows
    https://docs.stripe.com/api/webhook_endpoints/object.
    """

    stripe_paths = {"url": ("url", "webhook_endpoint.url")}
    stripe_ignore = ("retires_at", "tolerance", "uuid", "validation_method")

    uuid = models.UUIDField(
        null=True,
        blank=True,
        db_index=True,
        editable=False,
        help_text="The last part of the URL; null for an endpoint whose URL has none.",
    )
    url = models.TextField(blank=True, default="")
    tolerance = models.PositiveIntegerField(
        default=300, help_text="Seconds by which a signature may be old, or in the future."
    )
    validation_method = models.CharField(
        max_length=32, choices=ValidationMethod.choices, default=ValidationMethod.VERIFY_SIGNATURE
    )
    status = models.CharField(max_length=255, null=True, blank=True)
    enabled_events = models.JSONField(default=list, blank=True)
    event_payload = models.CharField(
        max_length=255,
        default="snapshot",
        help_text="snapshot, or thin for an event destination whose events carry no object.",
    )
    events_from = models.JSONField(null=True, blank=True)
    api_version = models.CharField(max_length=255, null=True, blank=True)
    application = StripeIdField(null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)
    retires_at = models.DateTimeField(
        null=True,
        blank=True,
        editable=False,
        help_text="When it will be disabled, since another endpoint replaces it.",
    )

    @property
    def is_thin(self) -> bool:
        """Whether it is an event destination that is sent thin events."""
        return self.event_payload == "thin"

    @property
    def is_connect(self) -> bool:
        """Whether it is for the events of connected accounts."""
        return self.application is not None or "@accounts" in (self.events_from or ())

    @property
    def is_enabled(self) -> bool:
        """Whether it may post, as far as we know."""
        return self.status != "disabled" and self.deleted_at is None

    @property
    def is_verifiable(self) -> bool:
        """Whether a request of it can be proven to be Stripe's; asks for its secrets."""
        if self.validation_method != ValidationMethod.VERIFY_SIGNATURE:
            return True
        return any(not secret.is_expired for secret in self.secrets.all())


class SecretField(models.CharField):  # type: ignore[type-arg]
    """A signing secret: it is neither dumped nor shown, and its repr does not tell it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.update(max_length=255, serialize=False)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        return self.to_python(value)

    def to_python(self, value: Any) -> Any:
        return HiddenText(value) if isinstance(value, str) else value


class WebhookSecret(models.Model):
    """One of the signing secrets of an endpoint."""

    webhook_endpoint = models.ForeignKey(
        WebhookEndpoint, on_delete=models.CASCADE, related_name="secrets"
    )
    name = models.CharField(
        max_length=64, help_text="Events store the name of the secret that signed them."
    )
    value = SecretField(help_text="whsec_…, never shown again.")
    created = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["webhook_endpoint", "name"], name="stripe_webhook_secret_name"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_expired(self) -> bool:
        """Whether its time is over."""
        return self.expires_at is not None and self.expires_at <= timezone.now()
