from __future__ import annotations

from django.db import models

from stripe_integrations.models.fields import StripeIdField


class SyncWindow(models.Model):
    """Objects of a kind that one reader lists, newest first, and how far it has come.

    The objects are those created from `start` until before `end`; for kinds that Stripe lists below
    customers, those of customers created then.
    """

    kind = models.CharField(max_length=255, help_text="The value of the objects' `object`.")
    account = StripeIdField(blank=True, help_text="The connected account; empty for your own.")
    since = models.BigIntegerField(
        null=True, blank=True, help_text="What --since said, in Unix seconds; null for everything."
    )
    start = models.BigIntegerField(help_text="In Unix seconds.")
    end = models.BigIntegerField(
        null=True, blank=True, help_text="What is left ends before this; null for no end."
    )
    cursor = StripeIdField(blank=True, help_text="The object after which the next page starts.")
    count = models.BigIntegerField(default=0, help_text="Objects listed so far.")
    is_finished = models.BooleanField(default=False)
    is_queued = models.BooleanField(
        default=False, help_text="Whether a worker is to read it, and not a command."
    )
    reader = models.CharField(
        max_length=32, blank=True, help_text="Names the reader that took it last."
    )
    touched_at = models.DateTimeField(
        help_text="When its reader last wrote, or it was last enqueued."
    )

    class Meta:
        indexes = [models.Index(fields=["kind", "account"], name="stripe_sync_window")]

    def __str__(self) -> str:
        return f"{self.kind} {self.account or 'of our own account'} from {self.start}"


class ApiPace(models.Model):
    """When the next call of Stripe's API may be made, by whichever process; one row."""

    next_at = models.FloatField(default=0, help_text="In Unix seconds.")

    def __str__(self) -> str:
        return f"not before {self.next_at}"
