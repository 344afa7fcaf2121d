from __future__ import annotations

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel


class StripeBaseAccount(StripeModel):
    """A connected account, or our own; both are rows of ours, whose `account` is null.

    Follows https://docs.stripe.com/api/accounts/object.
    """

    stripe_paths = {
        "business_name": ("business_profile.name", "business_name"),
        "business_type": ("business_type", "legal_entity.type"),
        "currently_due": ("requirements.currently_due", "verification.fields_needed"),
        "disabled_reason": ("requirements.disabled_reason", "verification.disabled_reason"),
        "display_name": ("settings.dashboard.display_name", "display_name"),
    }

    type = models.CharField(max_length=255, null=True, blank=True)
    business_type = models.CharField(max_length=255, null=True, blank=True)
    business_name = models.TextField(null=True, blank=True)
    display_name = models.TextField(null=True, blank=True)
    email = models.CharField(max_length=512, null=True, blank=True, db_index=True)
    country = models.CharField(max_length=255, null=True, blank=True)
    default_currency = models.CharField(max_length=255, null=True, blank=True)
    charges_enabled = models.BooleanField(null=True, blank=True)
    payouts_enabled = models.BooleanField(null=True, blank=True)
    details_submitted = models.BooleanField(null=True, blank=True)
    currently_due = models.JSONField(null=True, blank=True)
    disabled_reason = models.CharField(max_length=255, null=True, blank=True)
    capabilities = models.JSONField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)
    deauthorized_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when it no longer lets us act for it."
    )

    class Meta:
        abstract = True


class Account(StripeBaseAccount):
    class Meta(StripeBaseAccount.Meta):
        swappable = conf.swappable("Account")
