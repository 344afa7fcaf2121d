"""The base of all admin classes: read-only, and fast on a million rows."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db import models
from django.utils.functional import cached_property

from stripe_integrations import transactions
from stripe_integrations.admin import columns, linked_names, search
from stripe_integrations.admin.dates import Dates
from stripe_integrations.admin.time_limit import InTime

#: Rows that a list counts; a filter or a search finds the others.
MAX_COUNT = 10_000
#: Rows that one action takes: it runs within the request.
MAX_TAKEN = 100
#: The help text of the search in lists of rows that belong to customers.
HELP_OF_CUSTOMERS = (
    "A Stripe id or an owner's name: the whole of it; or how a customer's name or e-mail address "
    "begins."
)


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages of the first rows: counting a whole table takes as long as reading it."""

    @cached_property
    def count(self) -> int:
        """The number of rows, or MAX_COUNT if there are more."""
        rows: Any = self.object_list
        return int(rows.order_by().values("pk")[:MAX_COUNT].count())


class LightChangeList(ChangeList):
    """A list that does not read large columns, which it does not show."""

    def get_queryset(self, *args: Any, **kwargs: Any) -> Any:
        """Return the rows without their large columns."""
        shown: Any = self.model_admin
        return super().get_queryset(*args, **kwargs).defer(*shown.large)

    @cached_property
    def dates(self) -> Dates:
        """What the hierarchy of dates offers."""
        return Dates(self)


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that Stripe or this package writes: there are actions, but nobody edits them."""

    #: Columns that a list does not read.
    large: ClassVar[tuple[str, ...]] = ()
    #: Columns that a page shows last, in this order.
    last: ClassVar[tuple[str, ...]] = ()
    #: What to do where an action cannot take all rows that were chosen.
    for_more: ClassVar[str] = ""

    change_list_template = "admin/stripe_integrations/light_change_list.html"
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they count the whole table
    list_per_page = 50
    sortable_by: ClassVar[Any] = ("id", "created", "email")  # others have no index to sort by
    search_fields: ClassVar[Any] = ("pk",)
    search_help_text = "A Stripe id: the whole of it."

    class Media:
        css: ClassVar[Any] = {"all": ("stripe_integrations/admin.css",)}

    # -- who may do what

    def has_add_permission(self, request: Any) -> bool:
        """Refuse: rows come from Stripe."""
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Refuse: a change here would not change the object at Stripe."""
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """Refuse: a deletion here would not delete the object at Stripe."""
        return False

    def has_act_permission(self, request: Any) -> bool:
        """Require the change permission of the model for actions."""
        return super().has_change_permission(request)

    # -- what is shown

    def get_queryset(self, request: Any) -> Any:
        """Read the names of linked rows along."""
        return linked_names.with_names(super().get_queryset(request))

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return every column, formatted."""
        fields = sorted(self.model._meta.concrete_fields, key=lambda field: self._place(field.name))
        return [self.column(field) for field in fields]

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return the same: none can be changed."""
        return self.get_fields(request, obj)

    def column(self, field: models.Field[Any, Any]) -> Any:
        """Return how a column is shown."""
        return columns.column_of(field)

    def _place(self, name: str) -> int:
        return self.last.index(name) if name in self.last else -1

    def get_sortable_by(self, request: Any) -> Any:
        """Return the columns of the list whose names `sortable_by` has."""
        return [
            column
            for column in self.get_list_display(request)
            if (column if isinstance(column, str) else column.__name__) in self.sortable_by
        ]

    def get_changelist(self, request: Any, **kwargs: Any) -> Any:
        """Return the list that reads no large columns."""
        return LightChangeList

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> Any:
        """Search indexed columns; the result has no duplicates."""
        term = search_term.strip()
        return (search.matching_rows(queryset, term) if term else queryset), False

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
        """Skip Django's transaction around the view: actions have their own."""
        return self._changeform_view(  # type: ignore[attr-defined]
            request, object_id, form_url, extra_context
        )

    def taken(self, request: Any, queryset: Any) -> list[Any]:
        """Return the rows that an action takes, with a message if these are not all of them."""
        rows = list(queryset.defer(None).select_related(None)[: MAX_TAKEN + 1])
        if len(rows) > MAX_TAKEN:
            told = f"Only the first {MAX_TAKEN} were taken: {self.for_more}."
            self.message_user(request, told, messages.WARNING)
        return rows[:MAX_TAKEN]

    def tell_what_is_left(self, request: Any, rows: InTime) -> None:
        """Tell of the rows that an action has not come to, if there are any."""
        if rows.left:
            self.message_user(
                request,
                f"Time was over: {rows.left} of {len(rows.rows)} are left as they were. Choose "
                f"these again, or {self.for_more}.",
                messages.WARNING,
            )
