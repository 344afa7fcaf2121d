"""A page of the admin that shows everything and changes nothing, fast on a million rows."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import models
from django.utils.functional import cached_property

from stripe_integrations import transactions
from stripe_integrations.admin import columns, searching

#: Rows that a list counts; what lies beyond is found by a filter or a search.
MAX_COUNT = 10_000
#: Rows that one action takes: the page is not answered before it is done with them.
MAX_TAKEN = 100
#: What the list of rows that belong to customers says of its searches.
HELP_OF_CUSTOMERS = "A Stripe id, an e-mail address, or a user's name: the whole of it."


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of the first rows: to count a whole table would take as long as to read it."""

    @cached_property
    def count(self) -> int:
        """The number of rows, or MAX_COUNT if there are more."""
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[:MAX_COUNT].count())


class LightChangeList(ChangeList):
    """A list that leaves what is large, and not shown in it, in the database."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> Any:
        """Return the rows without their large columns."""
        shown: Any = self.model_admin
        return super().get_queryset(*args, **kwargs).defer(*shown.large)


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that Stripe, or this package, writes; actions act on them, nobody edits them."""

    #: Columns that a list does not read.
    large: ClassVar[tuple[str, ...]] = ()
    #: Columns that a page shows last, in this order.
    last: ClassVar[tuple[str, ...]] = ()
    #: What to do where an action cannot take all rows that were chosen.
    for_more: ClassVar[str] = ""

    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they count the whole table
    list_per_page = 50
    sortable_by: ClassVar[Any] = ("id", "created")  # others have no index to sort by
    search_fields: ClassVar[Any] = ("pk",)
    search_help_text = "A Stripe id: the whole of it."

    # -- who may do what

    def has_add_permission(self, request: Any) -> bool:
        """Refuse: they come from Stripe."""
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Refuse: what is changed here is not changed at Stripe."""
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Refuse: what is deleted here is still there at Stripe."""
        return False

    def has_act_permission(self, request: Any) -> bool:
        """Let those run the actions who might change the rows if anybody might."""
        return super().has_change_permission(request)

    # -- what is shown

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return every column, as it is best looked at."""
        fields = sorted(self.model._meta.concrete_fields, key=lambda field: self._place(field.name))
        return [self.column(field) for field in fields]

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

    def _place(self, name: str) -> int:
        return self.last.index(name) if name in self.last else -1

    def get_changelist(self, request: Any, **kwargs: Any) -> Any:
        """Return the list that reads no large columns."""
        return LightChangeList

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> Any:
        """Find by what has an index; there are no duplicates."""
        term = search_term.strip()
        return (searching.find(queryset, term) if term else queryset), False

    # -- what is done

    @transactions.non_atomic
    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        """Show the list, and run its actions with no transaction around them."""
        return super().changelist_view(request, extra_context)

    @transactions.non_atomic
    def change_view(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Show a row; since Django 6.1 the actions are here, too."""
        return super().change_view(request, *args, **kwargs)

    def changeform_view(
        self,
        request: Any,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: Any = None,
    ) -> Any:
        """Do without the transaction that Django puts around it: actions have their own."""
        return self._changeform_view(  # type: ignore[attr-defined]
            request, object_id, form_url, extra_context
        )

    def taken(self, request: Any, queryset: Any) -> list[Any]:
        """Return the rows that an action takes, and say so if that is not all of them."""
        rows = list(queryset.defer(None)[: MAX_TAKEN + 1])
        if len(rows) > MAX_TAKEN:
            told = f"Only the first {MAX_TAKEN} were taken: {self.for_more}."
            self.message_user(request, told, messages.WARNING)
        return rows[:MAX_TAKEN]
