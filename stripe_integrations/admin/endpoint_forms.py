"""The forms of an endpoint: a new one is created at Stripe."""

from __future__ import annotations

import uuid
from typing import Any

import stripe
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from stripe_integrations import routes
from stripe_integrations.actions import StripeEndpoint
from stripe_integrations.actions.confirmation import ACCOUNT_ID
from stripe_integrations.models import ValidationMethod, WebhookEndpoint


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]
    """What of an endpoint is ours to say."""

    class Meta:
        model = WebhookEndpoint
        fields = ("validation_method", "tolerance")

    def clean_validation_method(self) -> str:
        """Refuse to believe everybody, but for DEBUG."""
        method: str = self.cleaned_data["validation_method"]
        if method == ValidationMethod.NONE and not settings.DEBUG:
            raise ValidationError("That is for DEBUG only: anybody could send events.")
        return method

    def clean_tolerance(self) -> int:
        """Refuse a tolerance that no request can keep to."""
        tolerance: int = self.cleaned_data["tolerance"]
        if tolerance < 1:
            raise ValidationError("No request arrives before it is sent: 300 is usual.")
        return tolerance


class NewEndpointForm(EndpointForm):
    """A new endpoint; it is created at Stripe once the rest is right."""

    base_url = forms.CharField(
        label="Base URL",
        widget=forms.TextInput(attrs={"size": 60}),
        help_text="Where this project answers, https://…; the webhook's path and a uuid follow.",
    )
    account = forms.CharField(
        required=False, help_text="The connected account that it is for, acct_…; else our own."
    )
    connect = forms.BooleanField(
        required=False, help_text="Whether it is for the events of connected accounts."
    )

    def clean_base_url(self) -> str:
        """Refuse what a path cannot follow."""
        url: str = self.cleaned_data["base_url"].rstrip("/")
        if "?" in url or "#" in url:
            raise ValidationError("The webhook's path follows it: leave out what ? or # begins.")
        return url

    def clean_account(self) -> str | None:
        """Refuse what is no account's id."""
        account: str = self.cleaned_data["account"]
        if account and not ACCOUNT_ID.fullmatch(account):
            raise ValidationError("An account's id begins with acct_.")
        return account or None

    def clean(self) -> dict[str, Any]:
        """Create it at Stripe."""
        values = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                self.instance = StripeEndpoint.create(
                    values["base_url"] + routes.endpoint_path(uuid.uuid4()),
                    account=values["account"],
                    connect=values["connect"],
                    validation_method=values["validation_method"],
                    tolerance=values["tolerance"],
                )
            except ValueError as error:
                raise ValidationError({"base_url": str(error)}) from error
            except stripe.StripeError as error:
                raise ValidationError(f"Stripe answers: {error}") from error
        return values
