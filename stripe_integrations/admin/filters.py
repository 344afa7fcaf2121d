"""Filters that offer what occurs, and read no table for it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib import admin
from django.db.models import Min

from stripe_integrations import conf
from stripe_integrations.models import WebhookEndpoint

#: As many values as a filter offers.
MAX_OFFERED = 100


class OccurringFilter(admin.SimpleListFilter):
    """A filter by the values of a column with an index, which is asked for each of them."""

    #: The column, which is also the name of the parameter.
    parameter_name: str

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """Return the values that rows have."""
        found = islice(occurring(model_admin.model, self.parameter_name), MAX_OFFERED)
        return [(value, self.text_of(value)) for value in found if value]

    def text_of(self, value: str) -> str:
        """Return how a value is shown."""
        return value

    def queryset(self, request: Any, queryset: Any) -> Any:
        """Keep the rows with the value that is chosen."""
        return queryset.filter(**{self.parameter_name: self.value()}) if self.value() else queryset


class KindFilter(OccurringFilter):
    """A filter by the kinds of objects or types of events that have rows."""

    title = "kind"
    parameter_name = "kind"


class StatusFilter(OccurringFilter):
    """A filter by the statuses that rows have."""

    title = "status"
    parameter_name = "status"

    def text_of(self, value: str) -> str:
        """Return a status as its badge says it."""
        return value.replace("_", " ")


class EndpointFilter(admin.SimpleListFilter):
    """A filter by the endpoint that a request came to, of those that we know."""

    title = "endpoint"
    parameter_name = "endpoint"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:
        """Return the endpoints, the newest first."""
        rows = WebhookEndpoint.objects.using(conf.database()).order_by("-created")
        return [(row.pk, f"{row.description or row.url} ({row.pk})") for row in rows[:MAX_OFFERED]]

    def queryset(self, request: Any, queryset: Any) -> Any:
        """Keep what came to the endpoint that is chosen."""
        return queryset.filter(webhook_endpoint=self.value()) if self.value() else queryset


def has_status_index(model: Any) -> bool:
    """Tell whether a filter by status reads no more than it finds."""
    return any(field.name == "status" and field.db_index for field in model._meta.concrete_fields)


def occurring(model: Any, column: str) -> Iterator[str]:
    """Return the values of a column with an index: one indexed query each, no read of the table."""
    rows = model._default_manager.using(conf.database()).order_by()
    last = rows.aggregate(first=Min(column))["first"]
    while last is not None:
        yield last
        last = rows.filter(**{f"{column}__gt": last}).aggregate(next=Min(column))["next"]
