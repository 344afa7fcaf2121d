"""What tells endpoints apart in their list, above all after a roll."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from django.utils.timesince import timesince

from stripe_integrations import conf
from stripe_integrations.admin import columns
from stripe_integrations.admin.badges import badge
from stripe_integrations.models import WebhookEventTrigger

if TYPE_CHECKING:
    from stripe_integrations.models import WebhookEndpoint

#: As many of the newest requests as are looked at: an endpoint's own may be anywhere in the table.
MAX_REQUESTS = 1000


def times_of_use() -> dict[str, datetime]:
    """Return the time of the last request of each endpoint that the newest requests name."""
    rows = WebhookEventTrigger.objects.using(conf.database()).order_by("-created")
    newest = list(rows.values_list("webhook_endpoint_id", "created")[:MAX_REQUESTS])
    return {endpoint: created for endpoint, created in reversed(newest) if endpoint}


@admin.display(ordering="id")
def endpoint(row: WebhookEndpoint) -> Any:
    """Return the description of an endpoint with its id below, or the id alone."""
    if not row.description:
        return row.pk
    return format_html('{} <span class="stripe-id">{}</span>', row.description, row.pk)


@admin.display
def condition(row: WebhookEndpoint) -> Any:
    """Return the badges of an endpoint."""
    badges = [badge("deleted" if row.is_deleted else row.status or "unknown")]
    if row.retires_at is not None and row.is_enabled:
        badges.append(badge("replaced", "waiting"))
        badges.append(format_html("until {}", columns.to_the_second(row.retires_at)))
    if row.is_enabled and not row.is_verifiable:
        badges.append(badge("no valid secret", "bad"))
    return format_html_join(" ", "{}", ((each,) for each in badges))


@admin.display(ordering="created")
def age(row: WebhookEndpoint) -> str:
    """Return how long ago an endpoint was created."""
    return timesince(row.created, depth=1) if row.created else columns.EMPTY


@admin.display
def last_used(row: WebhookEndpoint) -> Any:
    """Return the time that the list has read, if there is one."""
    found = getattr(row, "last_used", None)
    if found is not None:
        return columns.to_the_second(found)
    return f"not among the last {MAX_REQUESTS:,} requests"


@admin.display(description="secrets")
def secret_names(row: WebhookEndpoint) -> Any:
    """Return a line for each secret that an endpoint has: its name, and when it expires."""
    secrets = sorted(row.secrets.all(), key=lambda secret: (secret.created, secret.pk))
    lines = [
        (secret.name, badge("expired"))
        if secret.is_expired
        else (secret.name, format_html("expires {}", columns.to_the_second(secret.expires_at)))
        if secret.expires_at is not None
        else (secret.name, "")
        for secret in secrets
    ]
    return format_html_join("", '<div class="stripe-line">{} {}</div>', lines) or columns.EMPTY
