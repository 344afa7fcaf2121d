"""A page of the admin that shows everything and changes nothing, fast on a million rows."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.db import models
from django.utils.functional import cached_property

from stripe_integrations import transactions
from stripe_integrations.admin import columns, searching

#: Rows that a list counts; what lies beyond is found by a filter or a search.
MAX_COUNT = 10_000


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of the first rows: to count a whole table would take as long as to read it."""

    @cached_property
    def count(self) -> int:
        """The number of rows, or MAX_COUNT if there are more."""
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[:MAX_COUNT].count())


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that Stripe, or this package, writes; actions act on them, nobody edits them."""

    paginator = BoundedPaginator
    show_full_result_count = False
    list_per_page = 50
    search_fields = ("pk",)
    search_help_text = "A Stripe id, an e-mail address, or a user's name: the whole of it."

    def has_add_permission(self, request: Any) -> bool:
        """Refuse: they come from Stripe."""
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Refuse: what is deleted here is still there at Stripe."""
        return False

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return every column, as it is best looked at."""
        return [self.column(field) for field in self.model._meta.concrete_fields]

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return the same: none can be changed."""
        return self.get_fields(request, obj)

    def column(self, field: models.Field[Any, Any]) -> Any:
        """Return how a column is shown."""
        if isinstance(field, models.ForeignKey):
            return columns.link(field.name)
        if isinstance(field, models.JSONField):
            return columns.pretty(field.name)
        return field.name

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> Any:
        """Find by what has an index; there are no duplicates."""
        term = search_term.strip()
        return (searching.find(queryset, term) if term else queryset), False

    @transactions.non_atomic
    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        """Show the list, and run its actions with no transaction around them."""
        return super().changelist_view(request, extra_context)

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> Any:
        """Leave out the buttons that save: there is nothing to be saved."""
        context.update(show_save=False, show_save_and_continue=False)
        return super().render_change_form(request, context, *args, **kwargs)
