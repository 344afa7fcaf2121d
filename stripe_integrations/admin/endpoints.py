"""The admin of endpoints: create, roll, disable."""

from __future__ import annotations

from typing import Any

import stripe
from django.contrib import admin, messages
from django.utils.decorators import method_decorator
from django.views.decorators.debug import sensitive_post_parameters

from stripe_integrations import transactions
from stripe_integrations.actions import StripeEndpoint
from stripe_integrations.admin.acting import admin_action
from stripe_integrations.admin.endpoint_forms import EndpointForm, NewEndpointForm
from stripe_integrations.admin.mirrors import MirrorAdmin
from stripe_integrations.admin.secrets import SecretInline

#: Columns that are ours to change.
EDITABLE = ("validation_method", "tolerance")


class WebhookEndpointAdmin(MirrorAdmin):
    """Endpoints; what Stripe says of them is to be read, the rest to be changed."""

    action = StripeEndpoint
    for_more = "`manage.py stripe_endpoint sync` reads all of them"
    list_display = ("id", "url", "status", "verifiable", "livemode", "created")
    list_filter = ("livemode",)
    search_help_text = "An endpoint's id, or the uuid that its URL ends with."
    actions = ("sync_from_stripe", "roll", "disable")

    # -- who may do what

    def has_add_permission(self, request: Any) -> bool:
        """Let those add who may."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Let those change who may."""
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    # -- what is shown

    def get_queryset(self, request: Any) -> Any:
        """Read the secrets along, for `verifiable`."""
        return super().get_queryset(request).prefetch_related("secrets")

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form for a new endpoint, or for one that is there."""
        kwargs["form"] = EndpointForm if obj else NewEndpointForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return the columns, first those to be changed; of a new endpoint, what is asked for."""
        if obj is None:
            return ["base_url", "account", "connect", *EDITABLE]
        shown = super().get_fields(request, obj)
        return [*EDITABLE, *(name for name in shown if name not in EDITABLE)]

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return what is Stripe's to say."""
        if obj is None:
            return []
        return [name for name in self.get_fields(request, obj) if name not in EDITABLE]

    def get_inlines(self, request: Any, obj: Any = None) -> list[Any]:
        """Return the secrets; Stripe gives a new endpoint its first."""
        return [SecretInline] if obj else []

    def get_changeform_initial_data(self, request: Any) -> dict[str, Any]:
        """Propose the address under which this page was asked for."""
        return {"base_url": request.build_absolute_uri("/").rstrip("/")}

    @admin.display(boolean=True)
    def verifiable(self, endpoint: Any) -> bool:
        """Tell whether there is a secret to check its requests with."""
        return bool(endpoint.is_verifiable)

    # -- what is done

    @transactions.non_atomic
    def add_view(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Create an endpoint, with no transaction that could lose the secret it came with."""
        return super().add_view(request, *args, **kwargs)

    @method_decorator(sensitive_post_parameters())
    def changeform_view(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Let no report of an error show what was entered."""
        return super().changeform_view(request, *args, **kwargs)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """Write what was changed here, and nothing that Stripe may have changed meanwhile."""
        obj.save(update_fields=EDITABLE)

    @admin_action("Roll the secret")
    def roll(self, request: Any, queryset: Any) -> None:
        """Put a second endpoint at the same URL; the old secrets expire after three days."""
        self._each(
            request,
            queryset,
            StripeEndpoint.roll,
            "rolled: the old secrets expire in three days, then `stripe_endpoint sync` disables it",
        )

    @admin_action("Disable at Stripe")
    def disable(self, request: Any, queryset: Any) -> None:
        """Let Stripe no longer post to them."""
        self._each(request, queryset, StripeEndpoint.disable, "disabled")

    def _each(self, request: Any, queryset: Any, verb: Any, told: str) -> None:
        for row in self.taken(request, queryset):
            error = _refused(verb, row)
            level = messages.ERROR if error else messages.SUCCESS
            self.message_user(request, f"Endpoint {row.pk}: {error or told}.", level)


def _refused(verb: Any, row: Any) -> str:
    """Call Stripe for a row, and return why it refused, if it did."""
    try:
        verb(row)
    except (ValueError, stripe.StripeError) as error:
        return str(error).rstrip(".")
    return ""
