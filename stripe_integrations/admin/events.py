"""The admin of stored events: what became of them, and an action that processes them again."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import admin, messages

from stripe_integrations import conf
from stripe_integrations.actions import StripeEventAction, StripeWebhook
from stripe_integrations.admin import columns
from stripe_integrations.admin.acting import admin_action
from stripe_integrations.admin.base import HELP_OF_CUSTOMERS, ReadOnlyAdmin
from stripe_integrations.dashboard import dashboard_url
from stripe_integrations.exceptions import WebhookFailed


class EventAdmin(ReadOnlyAdmin):
    """Events, to be read."""

    large = ("body", "error", "traceback")
    last = ("body",)
    for_more = "`manage.py stripe_replay` takes all that failed"
    list_display = (
        "id",
        "kind",
        "state",
        "created",
        "object_id",
        columns.link("customer"),
        "attempts",
    )
    list_filter = ("status", "livemode")
    ordering = ("-created",)
    search_help_text = HELP_OF_CUSTOMERS
    actions = ("process_again",)

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return every column, and where more is to be seen."""
        return ["dashboard", "requests", *super().get_fields(request, obj)]

    def column(self, field: Any) -> Any:
        """Return how a column is shown."""
        if field.name == "runs":
            return columns.webhook_classes
        if field.name == "body":
            return columns.pretty_text("body")
        if field.name in ("error", "traceback"):
            return columns.preformatted_text(field.name)
        return super().column(field)

    @admin.display(description="status")
    def state(self, event: Any) -> str:
        """Return the one word: the page explains it."""
        return str(event.status)

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

    @admin_action("Process again what is not done")
    def process_again(self, request: Any, queryset: Any) -> None:
        """Run the webhook classes that are not done, of each event."""
        counts = Counter(_status(event.pk) for event in self.taken(request, queryset))
        told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        if counts["failed"] or counts["received"]:
            self.message_user(request, f"{told}: the event's page says why.", messages.ERROR)
        else:
            self.message_user(request, f"{told}.", messages.SUCCESS)


def _status(pk: str) -> str:
    event = StripeEventAction.find(pk)
    if event is None:
        return "gone"
    try:
        return str(StripeWebhook.process(event).status)
    except WebhookFailed:
        return str(StripeEventAction.find(pk).status)
