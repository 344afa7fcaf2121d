"""The admin of requests, with the reasons of refusals."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from stripe_integrations.admin import columns
from stripe_integrations.admin.badges import badge
from stripe_integrations.admin.base import HELP_OF_CUSTOMERS, ReadOnlyAdmin
from stripe_integrations.admin.filters import EndpointFilter
from stripe_integrations.choices import EventStatus, RefusalReason
from stripe_integrations.models import WebhookEventTrigger

#: The value of the filter for all of them.
ANY = "any"


class ReasonFilter(admin.SimpleListFilter):
    """A filter by the known reasons: querying the table for them would read all of it."""

    title = "reason"
    parameter_name = "reason"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """Return the known reasons."""
        reasons = (ANY, *RefusalReason.values)
        return [(reason, reason.replace("_", " ")) for reason in reasons]

    def queryset(self, request: Any, queryset: Any) -> Any:
        """Keep the requests with the chosen reason."""
        if self.value() == ANY:
            return queryset.exclude(reason="")
        return queryset.filter(reason=self.value()) if self.value() else queryset


class WebhookEventTriggerAdmin(ReadOnlyAdmin):
    """Requests."""

    large = ("headers", "refused_body", "exception", "traceback")
    last = ("exception", "traceback", "headers")
    list_display = (
        columns.time_column("created"),
        "outcome",
        columns.link("event"),
        columns.link("webhook_endpoint"),
        "remote_ip",
    )
    date_hierarchy = "created"
    list_filter = (ReasonFilter, EndpointFilter, ("created", admin.DateFieldListFilter))
    ordering = ("-created",)
    search_help_text = HELP_OF_CUSTOMERS

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return every column, and the body: its own or that of its event."""
        shown = [name for name in super().get_fields(request, obj) if name != "refused_body"]
        return [*shown, columns.pretty_text("body")]

    def column(self, field: Any) -> Any:
        """Return how a column is shown."""
        if field.name in ("exception", "traceback"):
            return columns.preformatted_text(field.name)
        return super().column(field)

    @admin.display
    def outcome(self, trigger: WebhookEventTrigger) -> Any:
        """Show what became of a request: why it was refused, or how far its event came."""
        if trigger.reason:
            return badge(trigger.reason, "bad")
        return badge(EventStatus.PROCESSED if trigger.processed else "accepted")


class RefusedCountAdmin(ReadOnlyAdmin):
    """Refused requests, counted."""

    date_hierarchy = "minute"
    list_display = (columns.time_column("minute"), "endpoint", "reason", "count")
    ordering = ("-minute",)
    sortable_by = ("minute",)
    search_fields = ()
