"""The admin of stored events: what became of them, and an action that processes them again."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import admin, messages

from stripe_integrations import conf, transactions
from stripe_integrations.actions import StripeEventAction, StripeWebhook
from stripe_integrations.exceptions import WebhookFailed


class EventAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Events, to be read; register it for a swapped model of your own."""

    list_display = ("id", "kind", "status", "created", "object_id", "attempts")
    list_filter = ("status", "livemode")
    search_fields = ("id", "object_id")
    ordering = ("-created",)
    show_full_result_count = False
    actions = ("process_again",)

    def has_add_permission(self, request: Any) -> bool:
        """Refuse: events come from Stripe."""
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Refuse: a deleted event would be taken for a new one when it is sent again."""
        return False

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[str]:
        """Return every field: an event is what Stripe sent."""
        return [field.name for field in self.model._meta.fields]

    @transactions.non_atomic
    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        """Show the list, and run its action with no transaction around it."""
        return super().changelist_view(request, extra_context)

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


if conf.model_label("Event") == "stripe_integrations.Event":
    admin.site.register(conf.model("Event"), EventAdmin)
