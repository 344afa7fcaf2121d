"""The admin of an endpoint's secrets: they are entered, and never shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from stripe_integrations import conf
from stripe_integrations.hidden import HiddenText
from stripe_integrations.models import WebhookSecret


class SecretForm(forms.ModelForm):  # type: ignore[type-arg]
    """A secret; its value is asked for once.

    The value is no field of the model's here: Django shows those to users who may only look.
    """

    secret = forms.CharField(
        max_length=255,
        help_text="whsec_…, from the endpoint's page in Stripe's dashboard.",
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "size": 40}),
    )

    class Meta:
        model = WebhookSecret
        fields = ("name", "expires_at")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            entry = self.fields["secret"]
            entry.disabled, entry.required = True, False
            entry.widget.attrs["placeholder"] = "kept, and never shown"

    def clean_secret(self) -> str:
        """Refuse what cannot be a signing secret; the message does not tell it."""
        value = HiddenText(self.cleaned_data["secret"].strip())
        if self.instance.pk is None and not value.startswith("whsec_"):
            raise ValidationError(
                "A signing secret begins with whsec_: Stripe's dashboard shows it on the "
                "endpoint's page."
            )
        return value

    def clean(self) -> dict[str, Any] | None:
        """Refuse a secret of the other mode."""
        values = super().clean()
        if self.instance.pk is None:
            ours = conf.livemode()
            if ours is not None and self.instance.webhook_endpoint.livemode is (not ours):
                raise ValidationError(
                    "The endpoint is of the other mode, live or test, than this database: its "
                    "events are not for it."
                )
            self.instance.value = self.cleaned_data.get("secret", "")
        return values


class SecretInline(admin.TabularInline):  # type: ignore[type-arg]
    """The secrets of an endpoint."""

    model = WebhookSecret
    form = SecretForm
    fields = ("name", "secret", "created", "expires_at")
    readonly_fields = ("created",)
    ordering = ("created", "pk")
    extra = 0

    def secret(self, row: Any) -> str:
        """Return what users see who may only look."""
        return "kept, and never shown"
