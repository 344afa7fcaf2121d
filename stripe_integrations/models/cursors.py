from __future__ import annotations

from django.db import models

from stripe_integrations.models.fields import StripeIdField


class EventCursor(models.Model):
    """How far `stripe_catch_up` has read the list of events of one account."""

    account = StripeIdField(
        primary_key=True, help_text="The connected account; empty for your own."
    )
    read_to = models.BigIntegerField(
        help_text="Stripe time up to which all events were read, in Unix seconds."
    )

    def __str__(self) -> str:
        return self.account or "our own account"
