"""The admin of stored events: what became of them, and an action that processes them again."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import admin, messages

from stripe_integrations import conf
from stripe_integrations.actions import StripeEventAction, StripeWebhook
from stripe_integrations.admin import columns
from stripe_integrations.admin.base import ReadOnlyAdmin
from stripe_integrations.dashboard import dashboard_url
from stripe_integrations.exceptions import WebhookFailed


class EventAdmin(ReadOnlyAdmin):
    """Events, to be read."""

    list_display = (
        "id",
        "kind",
        "status",
        "created",
        "object_id",
        columns.link("customer"),
        "attempts",
    )
    list_filter = ("status", "livemode")
    ordering = ("-created",)
    actions = ("process_again",)

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return every column, and where more is to be seen."""
        return ["dashboard", "requests", *super().get_fields(request, obj)]

    def column(self, field: Any) -> Any:
        """Return how a column is shown."""
        if field.name == "runs":
            return columns.runs
        if field.name == "body":
            return columns.pretty_text("body")
        if field.name == "traceback":
            return columns.preformatted_text("traceback")
        return super().column(field)

    @admin.display(description="in Stripe's dashboard")
    def dashboard(self, event: Any) -> Any:
        """Return a link to the event in Stripe's dashboard."""
        url = dashboard_url("event", event.pk, account=event.account, livemode=event.livemode)
        return columns.outside(url)

    @admin.display(description="requests")
    def requests(self, event: Any) -> Any:
        """Return a link to the requests that brought it."""
        return columns.search_link(
            conf.model("WebhookEventTrigger"), event.pk, "the requests that brought it"
        )

    @admin.action(description="Process again what is not done", permissions=["change"])
    def process_again(self, request: Any, queryset: Any) -> None:
        """Run the webhook classes that are not done, of each event."""
        counts = Counter(_status(pk) for pk in queryset.values_list("pk", flat=True))
        told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        left = counts["failed"] or counts["received"]
        self.message_user(request, told, messages.ERROR if left else messages.SUCCESS)


def _status(pk: str) -> str:
    event = StripeEventAction.find(pk)
    try:
        return str(StripeWebhook.process(event).status)
    except WebhookFailed:
        return str(StripeEventAction.find(pk).status)
