"""The admin of an endpoint's secrets: they are entered, and never shown."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import BaseInlineFormSet
from django.utils import timezone

from stripe_integrations import conf
from stripe_integrations.masking import HiddenText
from stripe_integrations.models import WebhookSecret


class SecretForm(forms.ModelForm):  # type: ignore[type-arg]
    """A secret, whose value is entered once.

    The value is not a field of the model: Django shows those to users with the view permission.
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
            entry.widget.attrs["placeholder"] = "stored, never shown"

    def clean_secret(self) -> str:
        """Refuse a value that is no signing secret; the message does not show it."""
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
            if conf.is_other_mode(self.instance.webhook_endpoint.livemode):
                raise ValidationError(
                    "The endpoint is of the other mode, live or test, than this database: its "
                    "events are not for it."
                )
            self.instance.value = self.cleaned_data.get("secret", "")
        return values


class SecretFormSet(BaseInlineFormSet):  # type: ignore[type-arg]
    """The secrets of an endpoint: what signs requests now is not deleted by one wrong tick."""

    def clean(self) -> None:
        """Refuse to delete a secret that has not expired: nobody sees it again."""
        super().clean()
        for form in self.deleted_forms:
            expires_at = form.initial.get("expires_at")
            if expires_at is None or expires_at > timezone.now():
                raise ValidationError(
                    f"The secret {form.instance.name} has not expired, and a deletion cannot be "
                    "undone: let it expire first."
                )


class SecretInline(admin.TabularInline):  # type: ignore[type-arg]
    """The secrets of an endpoint."""

    model = WebhookSecret
    form = SecretForm
    formset = SecretFormSet
    fields = ("name", "secret", "created", "expires_at")
    readonly_fields = ("created",)
    ordering = ("created", "pk")
    extra = 0

    def secret(self, row: WebhookSecret) -> str:
        """Return what users with only the view permission see."""
        return "stored, never shown"
