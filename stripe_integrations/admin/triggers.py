"""The admin of requests: who came, and why they were refused."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from stripe_integrations.admin import columns
from stripe_integrations.admin.base import HELP_OF_CUSTOMERS, ReadOnlyAdmin

#: The codes of refusals, and of failures.
REASONS = (
    "disabled_endpoint",
    "error",
    "expired_secret",
    "future",
    "malformed",
    "no_header",
    "no_match",
    "no_secret",
    "no_v1",
    "not_confirmed",
    "payload",
    "too_large",
    "too_old",
    "unknown_endpoint",
    "unsafe_method",
    "wrong_account",
    "wrong_mode",
)


class ReasonFilter(admin.SimpleListFilter):
    """The known reasons; to ask the table for them would take as long as to read it."""

    title = "reason"
    parameter_name = "reason"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """Return the reasons that there are."""
        return [(reason, reason.replace("_", " ")) for reason in REASONS]

    def queryset(self, request: Any, queryset: Any) -> Any:
        """Keep the requests that were refused for the one that is chosen."""
        return queryset.filter(reason=self.value()) if self.value() else queryset


class WebhookEventTriggerAdmin(ReadOnlyAdmin):
    """Requests, to be read."""

    large = ("headers", "refused_body", "exception", "traceback")
    last = ("exception", "traceback", "headers")
    list_display = (
        "created",
        "valid",
        "processed",
        "reason",
        columns.link("event"),
        columns.link("webhook_endpoint"),
        "remote_ip",
    )
    list_filter = ("valid", "processed", ReasonFilter)
    ordering = ("-created",)
    search_help_text = HELP_OF_CUSTOMERS

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return every column, and the body, whichever row keeps that."""
        shown = [name for name in super().get_fields(request, obj) if name != "refused_body"]
        return [*shown, columns.pretty_text("body")]

    def column(self, field: Any) -> Any:
        """Return how a column is shown."""
        if field.name in ("exception", "traceback"):
            return columns.preformatted_text(field.name)
        return super().column(field)


class RefusedCountAdmin(ReadOnlyAdmin):
    """Refused requests, counted."""

    list_display = ("minute", "endpoint", "reason", "count")
    list_filter = (ReasonFilter,)
    ordering = ("-minute",)
    sortable_by = ("minute",)
    search_fields = ()
