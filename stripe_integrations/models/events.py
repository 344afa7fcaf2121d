from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from stripe_integrations import conf
from stripe_integrations.models.fields import StripeIdField, StripeLink

if TYPE_CHECKING:
    from typing_extensions import Self


class EventStatus(models.TextChoices):
    """How far an event has come."""

    RECEIVED = "received", "received: some class has not run yet"
    PROCESSED = "processed", "processed: every class is done"
    FAILED = "failed", "failed: some class raised"
    IGNORED = "ignored", "ignored: it is of the other mode, live or test"


class EventQuerySet(models.QuerySet[Any]):
    """Stored events."""

    def in_states(self, *states: str) -> Self:
        """Keep those that are `failed` or `ignored`, or `stuck`: their worker is taken for dead."""
        lost = Q(status=EventStatus.RECEIVED, lease_expires_at__lt=timezone.now())
        chosen = Q(status__in=[state for state in states if state != "stuck"])
        return self.filter(chosen | lost if "stuck" in states else chosen)

    def of_type(self, *names: str) -> Self:
        """Keep those of these types, or of types below them, as `BaseWebhook.name` means it."""
        if "*" in names:
            return self
        below = Q(kind__in=names)
        for name in names:
            below |= Q(kind__startswith=f"{name}.")
        return self.filter(below)


class StripeBaseEvent(models.Model):
    """An event: its body to the letter, and how far its processing has come.

    Follows https://docs.stripe.com/api/events/object.
    """

    stripe_paths = {
        "customer": ("data.object.customer",),
        "object_id": ("data.object.id",),
        "object_type": ("data.object.object",),
    }
    stripe_ignore = (
        "attempts",
        "body",
        "error",
        "kind",
        "lease_expires_at",
        "processed_at",
        "received_at",
        "runs",
        "secret_name",
        "status",
        "synced",
        "traceback",
        "webhook_endpoint",
    )

    id = StripeIdField(primary_key=True)
    kind = models.CharField(max_length=255, db_index=True, help_text="Stripe's `type`.")
    created = models.DateTimeField(null=True, blank=True, db_index=True)
    livemode = models.BooleanField(null=True, blank=True)
    api_version = models.CharField(max_length=255, null=True, blank=True)
    account = StripeIdField(
        null=True, blank=True, help_text="The connected account it happened in; null for our own."
    )
    request = models.JSONField(null=True, blank=True)
    pending_webhooks = models.BigIntegerField(null=True, blank=True)
    object_type = models.CharField(max_length=255, default="", blank=True)
    object_id = StripeIdField(default="", blank=True, db_index=True)
    customer = StripeLink(conf.model_label("Customer"), related_name="%(class)ss")
    # Text and not JSON: jsonb refuses NUL, MariaDB more than 31 levels; and nothing is reordered.
    body = models.TextField(help_text="The event as Stripe sent it; empty once it is pruned.")

    webhook_endpoint = StripeLink("stripe_integrations.WebhookEndpoint", related_name="%(class)ss")
    secret_name = models.CharField(
        max_length=64, default="", blank=True, help_text="The secret that it was signed with."
    )

    status = models.CharField(
        max_length=16, choices=EventStatus.choices, default=EventStatus.RECEIVED, db_index=True
    )
    synced = models.BooleanField(
        default=False, help_text="Whether the mirror has taken in this event's own object."
    )
    runs = models.JSONField(
        default=dict,
        blank=True,
        help_text="Class key -> {done: time} or {failed: time of the first failure, error}; "
        "times in Unix seconds of this host.",
    )
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(default="", blank=True)
    traceback = models.TextField(default="", blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    processed_at = models.DateTimeField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(
        null=True, blank=True, help_text="Until then a worker is taken to be busy with it."
    )

    objects: ClassVar[Any] = EventQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def type(self) -> str:
        """Stripe's name of `kind`."""
        return self.kind

    @property
    def message(self) -> dict[str, Any]:
        """The whole event as a dict, parsed once per instance; empty once it is pruned."""
        if "message" not in self.__dict__:
            self.__dict__["message"] = json.loads(self.body or "{}")
        parsed: dict[str, Any] = self.__dict__["message"]
        return parsed

    @message.setter
    def message(self, message: dict[str, Any]) -> None:
        self.body = json.dumps(message)
        self.__dict__["message"] = message

    @property
    def stripe_object(self) -> dict[str, Any]:
        """`message["data"]["object"]`, or an empty dict for an event without."""
        data = self.message.get("data")
        found = data.get("object") if isinstance(data, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def verb(self) -> str:
        """The last word of the type: `created`, `trial_will_end`."""
        return self.kind.rpartition(".")[2]

    @property
    def is_pruned(self) -> bool:
        """Whether its body is dropped: then no class runs any more."""
        return not self.body

    def is_done(self, key: str) -> bool:
        """Tell whether the webhook class with this key has taken effect."""
        return "done" in self.runs.get(key, {})


class Event(StripeBaseEvent):
    class Meta(StripeBaseEvent.Meta):
        swappable = conf.swappable("Event")
