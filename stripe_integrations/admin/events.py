"""The admin of stored events, with an action that replays them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages

from stripe_integrations import conf
from stripe_integrations.actions import StripeEventAction, StripeWebhook
from stripe_integrations.admin import columns, page_links
from stripe_integrations.admin.base import HELP_OF_CUSTOMERS, ReadOnlyAdmin
from stripe_integrations.admin.decorators import admin_action
from stripe_integrations.admin.filters import EndpointFilter, KindFilter
from stripe_integrations.admin.time_limit import InTime
from stripe_integrations.choices import EventStatus
from stripe_integrations.dashboard import dashboard_url
from stripe_integrations.exceptions import WebhookFailed

if TYPE_CHECKING:
    from stripe_integrations.models import StripeBaseEvent


class EventAdmin(ReadOnlyAdmin):
    """Events; each page shows which classes ran."""

    large = ("body", "error", "traceback")
    last = ("body",)
    for_more = "`manage.py stripe_replay` takes all that failed"
    list_display = (
        "id",
        "kind",
        columns.status("status"),
        columns.time_column("created"),
        "object_id",
        columns.link("customer"),
        "attempts",
    )
    date_hierarchy = "created"
    list_filter = ("status", KindFilter, EndpointFilter, ("created", admin.DateFieldListFilter))
    ordering = ("-created",)
    search_help_text = HELP_OF_CUSTOMERS
    actions = ("process_again",)

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return every column, with links to the dashboard and to the requests."""
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

    @admin.display(description="in Stripe's dashboard")
    def dashboard(self, event: StripeBaseEvent) -> Any:
        """Return a link to the event in Stripe's dashboard."""
        url = dashboard_url("event", event.pk, account=event.account, livemode=event.livemode)
        return page_links.outside(url)

    @admin.display(description="requests")
    def requests(self, event: StripeBaseEvent) -> Any:
        """Return a link to the requests that brought it."""
        return page_links.search_link(
            conf.model("WebhookEventTrigger"), event.pk, "the requests that brought it"
        )

    @admin_action("Replay")
    def process_again(self, request: Any, queryset: Any) -> None:
        """Run the webhook classes of each event that are not done."""
        events = InTime(self.taken(request, queryset))
        counts = Counter(_status(event.pk) for event in events)
        self.tell_what_is_left(request, events)
        told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
        if counts[EventStatus.FAILED] or counts[EventStatus.RECEIVED]:
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
        return str((StripeEventAction.find(pk) or event).status)
