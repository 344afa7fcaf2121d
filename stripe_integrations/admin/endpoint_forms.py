"""The forms of an endpoint: a new one is created at Stripe when it is saved."""

from __future__ import annotations

import uuid

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from stripe_integrations import routes
from stripe_integrations.actions import StripeEndpoint
from stripe_integrations.choices import ValidationMethod
from stripe_integrations.endpoint_urls import base_url
from stripe_integrations.inbox.confirmation import ACCOUNT_ID
from stripe_integrations.models import WebhookEndpoint


class EndpointForm(forms.ModelForm):  # type: ignore[type-arg]
    """The columns of an endpoint that are edited here."""

    class Meta:
        model = WebhookEndpoint
        fields = ("validation_method", "tolerance")

    def clean_validation_method(self) -> str:
        """Refuse the method `none` without DEBUG."""
        method: str = self.cleaned_data["validation_method"]
        if method == ValidationMethod.NONE and not settings.DEBUG:
            raise ValidationError("That is for DEBUG only: anyone could send events.")
        return method

    def clean_tolerance(self) -> int:
        """Refuse a tolerance below one second."""
        tolerance: int = self.cleaned_data["tolerance"]
        if tolerance < 1:
            raise ValidationError("The tolerance is at least one second: 300 is usual.")
        return tolerance


class NewEndpointForm(EndpointForm):
    """A new endpoint, which `create` makes at Stripe."""

    base_url = forms.CharField(
        label="Base URL",
        widget=forms.TextInput(attrs={"size": 60}),
        help_text="Where this project answers, https://…; the webhook's path and a uuid follow.",
    )
    account = forms.CharField(
        required=False, help_text="The connected account, acct_…; empty for your own."
    )
    connect = forms.BooleanField(
        required=False, help_text="Whether it receives the events of connected accounts."
    )

    def clean_base_url(self) -> str:
        """Refuse a URL that Stripe cannot reach or that has a query, and a missing route."""
        try:
            url = base_url(self.cleaned_data["base_url"])
            routes.endpoint_path(uuid.uuid4())
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return url

    def clean_account(self) -> str | None:
        """Refuse anything but an account's id."""
        account: str = self.cleaned_data["account"]
        if account and not ACCOUNT_ID.fullmatch(account):
            raise ValidationError("An account's id begins with acct_.")
        return account or None

    def create(self) -> WebhookEndpoint:
        """Create it at Stripe, and return its row. Raises stripe.StripeError."""
        values = self.cleaned_data
        created: WebhookEndpoint = StripeEndpoint.create(
            values["base_url"] + routes.endpoint_path(uuid.uuid4()),
            account=values["account"],
            connect=values["connect"],
            validation_method=values["validation_method"],
            tolerance=values["tolerance"],
        )
        return created
