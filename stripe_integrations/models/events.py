from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property

from stripe_integrations import conf, storable
from stripe_integrations.choices import EventStatus, OpenState, RunMark
from stripe_integrations.models.base import Row
from stripe_integrations.models.fields import StripeIdField, StripeLink
from stripe_integrations.models.indexes import SwappableIndex
from stripe_integrations.thin_events import OBJECT, TWIN_PREFIX, is_thin

if TYPE_CHECKING:
    from typing_extensions import Self


def latest_time() -> int:
    """Return the latest time, in Unix seconds, that Stripe's clock can show now.

    By this host's clock, which may be as wrong as for a signature.
    """
    return int(time.time()) + int(conf.get("WEBHOOK_TOLERANCE"))


class EventQuerySet(models.QuerySet[Row]):
    """Stored events."""

    def in_states(self, *states: str) -> Self:
        """Keep those that are `failed` or `ignored`, or `stuck`: their worker is taken for dead."""
        lost = Q(status=EventStatus.RECEIVED, lease_expires_at__lt=timezone.now())
        chosen = Q(status__in=[state for state in states if state != OpenState.STUCK])
        return self.filter(chosen | lost if OpenState.STUCK in states else chosen)

    def of_type(self, *names: str) -> Self:
        """Keep those of these types, or of types below them, as `BaseWebhook.name` means it."""
        if "*" in names:
            return self
        below = Q(kind__in=[*names, *(f"{TWIN_PREFIX}{name}" for name in names)])
        for name in names:
            for each in (name, f"{TWIN_PREFIX}{name}"):
                below |= Q(kind__startswith=f"{each}.") | Q(kind__startswith=f"{each}[")
        return self.filter(below)


class StripeBaseEvent(models.Model):
    """An event: its body to the letter, and how far its processing has come.

    Follows https://docs.stripe.com/api/events/object.
    """

    stripe_paths = {
        "customer": ("data.object.customer",),
        "object_id": ("data.object.id", "related_object.id"),
        "object_type": ("data.object.object", "related_object.type"),
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
    kind = models.CharField(max_length=255, help_text="The event type, Stripe's `type`.")
    created = models.DateTimeField(null=True, blank=True, db_index=True)
    livemode = models.BooleanField(null=True, blank=True)
    api_version = models.CharField(max_length=255, null=True, blank=True)
    account = StripeIdField(
        null=True, blank=True, help_text="The connected account of the event; null for your own."
    )
    request = models.JSONField(null=True, blank=True)
    pending_webhooks = models.BigIntegerField(null=True, blank=True)
    snapshot_event = StripeIdField(
        null=True, blank=True, help_text="Of a thin event: the snapshot event of the same change."
    )
    object_type = models.CharField(max_length=255, default="", blank=True)
    object_id = StripeIdField(default="", blank=True, db_index=True)
    customer = StripeLink(conf.model_label("Customer"), related_name="%(class)ss")
    # Text and not JSON: jsonb refuses NUL, MariaDB more than 31 levels; and nothing is reordered.
    body = models.TextField(help_text="The event as Stripe sent it; empty once it is pruned.")

    webhook_endpoint = StripeLink(
        "stripe_integrations.WebhookEndpoint",
        related_name="%(class)ss",
        any_account=True,  # one of ours brings the events of all connected accounts
    )
    secret_name = models.CharField(
        max_length=64, default="", blank=True, help_text="Name of the secret that signed it."
    )

    status = models.CharField(
        max_length=16, choices=EventStatus.choices, default=EventStatus.RECEIVED
    )
    synced = models.BooleanField(
        default=False, help_text="Whether this event's object is in the mirror."
    )
    runs = models.JSONField(
        default=dict,
        blank=True,
        help_text="Webhook class -> {done: time} or {failed: time of the first failure, error}; "
        "times in Unix seconds of this host.",
    )
    # Queues and replays judge the event by it, however long after.
    as_of = models.BigIntegerField(
        default=latest_time,
        help_text="Latest Stripe time of the event, in Unix seconds: that of its signature or of "
        "the answer that it was read in, else this host's.",
    )
    attempts = models.PositiveIntegerField(default=0)
    error = models.TextField(default="", blank=True)
    traceback = models.TextField(default="", blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    processed_at = models.DateTimeField(null=True, blank=True)
    lease_expires_at = models.DateTimeField(
        null=True, blank=True, help_text="Until this time a worker is assumed to be processing it."
    )

    _shown_object: dict[str, Any] | None = None

    objects: ClassVar = EventQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [
            # On PostgreSQL, one that answers both = and LIKE.
            SwappableIndex(
                fields=["kind"],
                name="%(app_label)s_%(class)s_kind",
                opclasses=["varchar_pattern_ops"],
            ),
            # MySQL and MariaDB ignore the conditions.
            SwappableIndex(
                fields=["snapshot_event"],
                name="%(app_label)s_%(class)s_twin",
                condition=Q(snapshot_event__isnull=False),
            ),
            SwappableIndex(
                fields=["status", "created"],
                name="%(app_label)s_%(class)s_not_processed",
                condition=~Q(status=EventStatus.PROCESSED),
            ),
        ]

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

    @cached_property
    def is_clean(self) -> bool:
        """Whether every database holds what it says just as it says it."""
        return storable.is_clean(self.body)

    @property
    def stripe_object(self) -> dict[str, Any]:
        """`message["data"]["object"]`, or an empty dict for an event without.

        Of a thin event, within a webhook class, the object that was read for it.
        """
        data = self.message.get("data")
        found = data.get("object") if isinstance(data, dict) else None
        if found is None:
            found = self._shown_object
        return found if isinstance(found, dict) else {}

    def note_inserted(self, using: str, columns: dict[str, Any]) -> None:
        """Take the columns with which a statement has inserted its row."""
        vars(self).update(columns)
        self._state.adding, self._state.db = False, using

    def forget_message(self) -> None:
        """Parse the body again at the next use of `message`: somebody may have changed that."""
        self.__dict__.pop("message", None)

    def share_message(self, other: StripeBaseEvent) -> None:
        """Use another one's `message`: parsing a large body takes many times its size."""
        self.__dict__["message"] = other.message

    def show_object(self, data: dict[str, Any] | None) -> None:
        """Let `stripe_object` be what was read of a thin event's object; None when it is over."""
        self._shown_object = data

    @cached_property
    def is_thin(self) -> bool:
        """Whether it carries no object, but names one that is read from the API."""
        # Quick for the many that cannot be, however large.
        return OBJECT in self.body and is_thin(self.message)

    @property
    def verb(self) -> str:
        """The last word of the type: `created`, `trial_will_end`."""
        return self.kind.rpartition(".")[2]

    @property
    def is_pruned(self) -> bool:
        """Whether its body is dropped: then no class runs any more."""
        return not self.body

    def run_of(self, key: str) -> dict[str, Any]:
        """Return what `runs` has of the webhook class with this key; empty if nothing."""
        found = [self.runs[each] for each in self.run_keys(key)]
        return next((run for run in found if RunMark.DONE in run), found[0] if found else {})

    def run_keys(self, key: str) -> list[str]:
        """Return the keys of `runs` that mean a class: its own, and older ones, `key:names`."""
        return [each for each in self.runs if each.partition(":")[0] == key]

    def is_done(self, key: str) -> bool:
        """Tell whether the webhook class with this key has taken effect."""
        return RunMark.DONE in self.run_of(key)


class Event(StripeBaseEvent):
    class Meta(StripeBaseEvent.Meta):
        swappable = conf.swappable("Event")
