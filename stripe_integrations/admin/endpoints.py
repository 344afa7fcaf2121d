"""The admin of endpoints: create, roll, disable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import stripe
from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters

from stripe_integrations import transactions
from stripe_integrations.actions import StripeEndpoint
from stripe_integrations.admin import columns, endpoint_columns
from stripe_integrations.admin.base import LightChangeList
from stripe_integrations.admin.decorators import admin_action
from stripe_integrations.admin.endpoint_forms import EndpointForm, NewEndpointForm
from stripe_integrations.admin.mirrors import MirrorAdmin
from stripe_integrations.admin.secrets import SecretInline
from stripe_integrations.admin.time_limit import InTime
from stripe_integrations.mirror.settle import Settled

if TYPE_CHECKING:
    from stripe_integrations.models import WebhookEndpoint

#: Columns that can be changed here.
EDITABLE = ("validation_method", "tolerance")


#: The fields of the form for a new endpoint.
ASKED = ("base_url", "account", "connect", *EDITABLE)


class EndpointList(LightChangeList):
    """The list of endpoints, each with the time of its last request."""

    def get_results(self, request: Any) -> None:
        """Read the times once for all rows."""
        super().get_results(request)
        times = endpoint_columns.times_of_use()
        for row in self.result_list:
            row.last_used = times.get(row.pk)


class NotCreated(Exception):
    """Stripe has not created an endpoint; `__cause__` is its error."""


class WebhookEndpointAdmin(MirrorAdmin):
    """Endpoints: columns from Stripe are read-only, the others can be changed."""

    for_more = "`manage.py stripe_endpoint sync` reads all of them"
    list_display = (
        endpoint_columns.endpoint,
        "url",
        endpoint_columns.condition,
        endpoint_columns.age,
        endpoint_columns.last_used,
        endpoint_columns.secret_names,
        columns.mode_badge,
    )
    sortable_by = ("endpoint", "age")
    date_hierarchy: ClassVar[Any] = None
    list_filter = ("livemode",)
    search_help_text = "An endpoint's id, or the uuid that its URL ends with."
    actions = ("sync_from_stripe", "roll", "disable")

    # -- who may do what

    def has_add_permission(self, request: Any) -> bool:
        """Require the add permission."""
        return admin.ModelAdmin.has_add_permission(self, request)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Require the change permission."""
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def settle(self, row: WebhookEndpoint) -> Settled[Any]:  # type: ignore[override]
        """Read an endpoint from the API, and write it."""
        return StripeEndpoint.try_to_settle(row)

    # -- what is shown

    def get_queryset(self, request: Any) -> Any:
        """Read the secrets along, for `verifiable`."""
        return super().get_queryset(request).prefetch_related("secrets")

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Return the form for a new endpoint, or for one that is there."""
        kwargs["form"] = EndpointForm if obj else NewEndpointForm
        return super().get_form(request, obj, change=change, **kwargs)

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return the columns, editable ones first; for a new endpoint, the form's fields."""
        if obj is None:
            return list(ASKED)
        shown = super().get_fields(request, obj)
        return [*EDITABLE, *(name for name in shown if name not in EDITABLE)]

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return the columns that come from Stripe."""
        if obj is None:
            return []
        return [name for name in self.get_fields(request, obj) if name not in EDITABLE]

    def get_inlines(self, request: Any, obj: Any = None) -> list[Any]:
        """Return the secrets; Stripe gives a new endpoint its first."""
        return [SecretInline] if obj else []

    def get_changeform_initial_data(self, request: Any) -> dict[str, Any]:
        """Propose the address under which this page was asked for, or what was entered before."""
        proposed = {"base_url": request.build_absolute_uri("/").rstrip("/")}
        return {**proposed, **super().get_changeform_initial_data(request)}

    def get_changelist(self, request: Any, **kwargs: Any) -> Any:
        """Return the list that knows when each endpoint was used last."""
        return EndpointList

    # -- what is done

    @transactions.non_atomic
    def add_view(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Create an endpoint outside of a transaction, whose rollback would lose the secret.

        If Stripe does not create it, the form is shown again with the entered values.
        """
        try:
            return super().add_view(request, *args, **kwargs)
        except NotCreated as error:
            self.message_user(request, f"Stripe answers: {error.__cause__}", messages.ERROR)
        entered = {name: request.POST[name] for name in ASKED if name in request.POST}
        return HttpResponseRedirect(f"{request.path}?{urlencode(entered)}")

    @method_decorator(sensitive_post_parameters())
    def changeform_view(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Keep entered secrets out of error reports."""
        return super().changeform_view(request, *args, **kwargs)

    def save_form(self, request: Any, form: Any, change: bool) -> Any:
        """Create a new endpoint at Stripe, once the form is valid."""
        if not change:
            try:
                form.instance = form.create()
            except stripe.StripeError as error:
                raise NotCreated from error
        return super().save_form(request, form, change)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """Write the editable columns only: Stripe may have changed others meanwhile."""
        if change:
            obj.save(update_fields=EDITABLE)

    @admin_action("Roll the secret")
    def roll(self, request: Any, queryset: Any) -> Any:
        """Create a second endpoint with the same URL; the old secrets expire after three days."""
        return self._each(
            request,
            queryset,
            StripeEndpoint.roll,
            "rolled: the old secrets expire in three days, then `stripe_endpoint sync` disables it",
            "A second endpoint, with a new secret, is created at Stripe for each of these. The old "
            "secrets expire in three days.",
        )

    @admin_action("Disable at Stripe")
    def disable(self, request: Any, queryset: Any) -> Any:
        """Disable endpoints at Stripe."""
        return self._each(
            request,
            queryset,
            StripeEndpoint.disable,
            "disabled",
            "Stripe sends no more events to these endpoints. Only Stripe's dashboard enables them "
            "again.",
        )

    def _each(
        self, request: Any, queryset: Any, verb: Any, told: str, consequence: str
    ) -> TemplateResponse | None:
        """Call Stripe for each row once the user has confirmed; until then, return the question."""
        rows = self.taken(request, queryset)
        if request.POST.get("post") != "yes":
            return self._question(request, rows, verb.__name__, consequence)
        in_time = InTime(rows)
        for row in in_time:
            error = _refused(verb, row)
            level = messages.ERROR if error else messages.SUCCESS
            self.message_user(request, f"Endpoint {row.pk}: {error or told}.", level)
        self.tell_what_is_left(request, in_time)
        return None

    def _question(
        self, request: Any, rows: list[Any], action: str, consequence: str
    ) -> TemplateResponse:
        """Return the page that asks for confirmation."""
        context = {
            **self.admin_site.each_context(request),
            "title": "Are you sure?",
            "opts": self.opts,
            "media": self.media,
            "rows": rows,
            "action": action,
            "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            "consequence": consequence,
        }
        return TemplateResponse(request, "admin/stripe_integrations/confirm_action.html", context)


def _refused(verb: Any, row: WebhookEndpoint) -> str:
    """Call Stripe for a row, and return why it refused, if it did."""
    try:
        verb(row)
    except (ValueError, stripe.StripeError) as error:
        return str(error).rstrip(".")
    return ""
