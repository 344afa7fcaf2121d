"""The admin of endpoints: create, roll, disable; their secrets are entered and never shown."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import stripe
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError

from stripe_integrations import conf, routes, transactions
from stripe_integrations.actions import StripeEndpoint
from stripe_integrations.actions.confirmation import ACCOUNT_ID
from stripe_integrations.admin.base import ReadOnlyAdmin
from stripe_integrations.admin.mirrors import MirrorAdmin
from stripe_integrations.models import ValidationMethod, WebhookEndpoint, WebhookSecret

#: How long the old secret stays valid when one is rolled here.
OVERLAP = timedelta(days=1)


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
        label="base URL",
        help_text="Where this project answers, https://…; the webhook's path and a uuid follow it.",
    )
    account = forms.CharField(
        required=False, help_text="The connected account that it is for, acct_…; else our own."
    )
    connect = forms.BooleanField(required=False, help_text="For events of connected accounts.")

    def clean_account(self) -> str | None:
        """Refuse what is no account's id."""
        account: str = self.cleaned_data["account"].strip()
        if account and not ACCOUNT_ID.fullmatch(account):
            raise ValidationError("An account's id begins with acct_.")
        return account or None

    def clean(self) -> dict[str, Any]:
        """Create it at Stripe."""
        values = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                url = values["base_url"].rstrip("/") + routes.endpoint_path(uuid.uuid4())
                self.instance = StripeEndpoint.create(
                    url,
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


class SecretForm(forms.ModelForm):  # type: ignore[type-arg]
    """A secret; its value is asked for once."""

    class Meta:
        model = WebhookSecret
        fields = ("name", "value", "expires_at")
        widgets = {"value": forms.PasswordInput(attrs={"autocomplete": "off"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            del self.fields["value"]

    def clean_value(self) -> str:
        """Refuse what cannot be a signing secret; the message does not tell it."""
        value = self.cleaned_data["value"].strip()
        if not value.startswith("whsec_"):
            raise ValidationError("A signing secret begins with whsec_: see the endpoint's page.")
        return str(value)

    def clean(self) -> dict[str, Any] | None:
        """Refuse a secret of the other mode."""
        endpoint = self.instance.webhook_endpoint
        ours = conf.livemode()
        if ours is not None and endpoint.livemode is (not ours):
            raise ValidationError("The endpoint is of the other mode than this database.")
        return super().clean()


class SecretInline(admin.TabularInline):  # type: ignore[type-arg]
    """The secrets of an endpoint."""

    model = WebhookSecret
    form = SecretForm
    fields = ("name", "value", "expires_at")
    extra = 0


class WebhookEndpointAdmin(MirrorAdmin):
    """Endpoints; what Stripe says of them is to be read, the rest to be changed."""

    action = StripeEndpoint
    list_display = ("id", "url", "status", "verifiable", "livemode", "created")
    list_filter = ("livemode",)
    actions = ("sync_from_stripe", "roll", "disable")

    def has_add_permission(self, request: Any) -> bool:
        """Let those add who may."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def get_queryset(self, request: Any) -> Any:
        """Read the secrets along, for `verifiable`."""
        return super().get_queryset(request).prefetch_related("secrets")

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form for a new endpoint, or for one that is there."""
        kwargs["form"] = EndpointForm if obj else NewEndpointForm
        return admin.ModelAdmin.get_form(self, request, obj, change=change, **kwargs)

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return the columns; of a new endpoint, what is asked for."""
        if obj is None:
            return ["base_url", "account", "connect", "validation_method", "tolerance"]
        return super().get_fields(request, obj)

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return what is Stripe's to say."""
        if obj is None:
            return []
        editable = {"validation_method", "tolerance"}
        return [each for each in self.get_fields(request, obj) if each not in editable]

    def get_inlines(self, request: Any, obj: Any = None) -> list[Any]:
        """Return the secrets; Stripe gives a new endpoint its first."""
        return [SecretInline] if obj else []

    def get_changeform_initial_data(self, request: Any) -> dict[str, Any]:
        """Propose the address under which this page was asked for."""
        return {"base_url": request.build_absolute_uri("/").rstrip("/")}

    def save_form(self, request: Any, form: Any, change: bool) -> Any:
        """Return the row; a new one was written when the form was found right."""
        row = super().save_form(request, form, change)
        return row if change else form.instance

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Show the buttons that save."""
        return super(ReadOnlyAdmin, self).render_change_form(request, context, *args, **kwargs)

    @transactions.non_atomic
    def changeform_view(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show the form."""
        return super().changeform_view(request, *args, **kwargs)

    @admin.display(boolean=True)
    def verifiable(self, endpoint: Any) -> bool:
        """Tell whether there is a secret to check its requests with."""
        return bool(endpoint.is_verifiable)

    @admin.action(description="Roll the secret", permissions=["change"])
    def roll(self, request: Any, queryset: Any) -> None:
        """Put a second endpoint at the same URL; the old secrets expire after a day."""
        self._each(
            request,
            queryset,
            lambda row: StripeEndpoint.roll(row, overlap=OVERLAP),
            "rolled: the old secrets expire in a day, then `stripe_endpoint sync` disables the old "
            "endpoint",
        )

    @admin.action(description="Disable at Stripe", permissions=["change"])
    def disable(self, request: Any, queryset: Any) -> None:
        """Let Stripe no longer post to them."""
        self._each(request, queryset, StripeEndpoint.disable, "disabled")

    def _each(self, request: Any, queryset: Any, verb: Any, told: str) -> None:
        for row in queryset:
            error = _refused(verb, row)
            level = messages.ERROR if error else messages.SUCCESS
            self.message_user(request, f"{row.pk}: {error or told}.", level)


def _refused(verb: Any, row: Any) -> str:
    """Call Stripe for a row, and return why it refused, if it did."""
    try:
        verb(row)
    except (ValueError, stripe.StripeError) as error:
        return str(error).rstrip(".")
    return ""
