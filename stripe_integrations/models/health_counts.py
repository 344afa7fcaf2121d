from __future__ import annotations

from django.db import models

from stripe_integrations.choices import Counted
from stripe_integrations.models.fields import StripeIdField


class HealthCount(models.Model):
    """How often something happened in one minute, in all processes; and since the beginning."""

    minute = models.BigIntegerField(
        help_text="When it began, in Unix seconds; 0 for all minutes, also those that are deleted."
    )
    name = models.CharField(max_length=16, choices=Counted.choices)
    label = StripeIdField(blank=True, default="", help_text="A state, a reason, a webhook class.")
    endpoint = StripeIdField(
        blank=True, default="", help_text="Of a refusal; empty for the settings' secrets."
    )
    count = models.BigIntegerField()

    class Meta:
        verbose_name_plural = "health"
        constraints = [
            models.UniqueConstraint(
                fields=["minute", "name", "label", "endpoint"], name="stripe_health_count"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.label}"
