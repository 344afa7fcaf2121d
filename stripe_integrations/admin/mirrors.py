"""The admin of the mirrors: read-only pages, and an action that syncs rows from Stripe.

One class shows any kind, from the columns of its model. The project's own columns of a swapped
model can be edited.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin, messages
from django.utils.functional import cached_property

from stripe_integrations import conf, kinds
from stripe_integrations.admin import columns, neighbours, page_links, titles
from stripe_integrations.admin.base import HELP_OF_CUSTOMERS, ReadOnlyAdmin
from stripe_integrations.admin.decorators import admin_action
from stripe_integrations.admin.filters import StatusFilter, has_status_index
from stripe_integrations.admin.looked_for import looked_for
from stripe_integrations.admin.own_columns import own_columns
from stripe_integrations.admin.time_limit import InTime
from stripe_integrations.dashboard import dashboard_url
from stripe_integrations.kinds import Kind
from stripe_integrations.mirror import settle
from stripe_integrations.mirror.settle import Settled

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel

#: Columns that say where the data of a row comes from.
ORIGIN = ("as_of", "fetched_at", "version", "in_doubt", "verb", "trail", "read_by")


class MirrorAdmin(ReadOnlyAdmin):
    """Rows of a mirror, of whatever kind."""

    large = ("stripe_data", "trail")
    last = ("stripe_data", *ORIGIN)
    for_more = "`manage.py stripe_verify --fix` reads all of them"
    date_hierarchy: ClassVar[Any] = "created"
    list_filter: ClassVar[Any] = (
        ("created", admin.DateFieldListFilter),
        "in_doubt",
        ("deleted_at", admin.EmptyFieldListFilter),
    )
    ordering = ("-created",)
    actions: Any = ("sync_from_stripe",)
    change_form_template = "admin/stripe_integrations/mirror_change_form.html"

    # -- who may do what

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Require the change permission, and columns of the project's own."""
        may = admin.ModelAdmin.has_change_permission(self, request, obj)
        return may and bool(self.own_columns(obj))

    def own_columns(self, row: StripeModel) -> list[str]:
        """Return the columns that the project has added."""
        return own_columns(self.stands_for, self.model, row)

    # -- what it is about

    @cached_property
    def stands_for(self) -> str:
        """The name of the package's model that this one is or replaces."""
        names = (*conf.SWAPPABLE, kinds.WEBHOOK_ENDPOINT.model)
        return next(name for name in names if conf.model(name) is self.model)

    def kind_of(self, row: StripeModel) -> Kind:
        """Return the kind of a row's object."""
        known = (*kinds.MIRRORED.values(), kinds.WEBHOOK_ENDPOINT)
        return next(kind for kind in known if kind.model == self.stands_for)

    @property
    def search_help_text(self) -> str:  # type: ignore[override]
        """The help text of the search."""
        is_of_customers = self.stands_for == "Customer" or self.has_column("customer")
        if self.stands_for in ("Product", "Price"):
            return "A Stripe id: the whole of it; or how a product's name begins."
        return HELP_OF_CUSTOMERS if is_of_customers else ReadOnlyAdmin.search_help_text

    def has_column(self, name: str) -> bool:
        """Tell whether the model has a column."""
        return any(field.name == name for field in self.opts.concrete_fields)

    # -- what is shown

    def get_list_display(self, request: Any) -> Any:
        """Return the columns that a subclass names, else those that people look for."""
        given = super().get_list_display(request)
        if tuple(given) != ("__str__",):  # Django's own default
            return given
        names = [*looked_for(self.model), "created"]
        shown = [self.column(self.opts.get_field(name)) for name in names]
        model: Any = self.model
        return [titles.title_column(model), *shown, titles.row_state]

    def get_list_filter(self, request: Any) -> Any:
        """Filter by status, too, where that has an index."""
        given = super().get_list_filter(request)
        return (StatusFilter, *given) if has_status_index(self.model) else given

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return every column, the project's own ones first, and where Stripe shows the object."""
        shown = super().get_fields(request, obj)
        if obj is None or not self.has_change_permission(request, obj):
            return ["dashboard", *shown]
        own = self.own_columns(obj)
        hidden = {*own, *(self.column(self.opts.get_field(name)) for name in own)}
        return [*own, "dashboard", *(each for each in shown if each not in hidden)]

    def get_readonly_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return all but the project's own columns."""
        shown = self.get_fields(request, obj)
        if obj is None or not self.has_change_permission(request, obj):
            return shown
        own = self.own_columns(obj)
        return [each for each in shown if each not in own]

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        """Show the whole object below its neighbours, and collapse the data's origin."""
        shown = self.get_fields(request, obj)
        if obj is None:
            return [(None, {"fields": shown})]
        start = len(shown) - len(ORIGIN)
        return [
            (None, {"fields": shown[: start - 1]}),
            ("The whole object", {"fields": shown[start - 1 : start]}),
            ("Where the data comes from", {"fields": shown[start:], "classes": ["collapse"]}),
        ]

    def render_change_form(
        self,
        request: Any,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> Any:
        """Show a row with its neighbours."""
        found = neighbours.neighbours_of(self.admin_site, request, obj) if obj else ()
        context["neighbours"] = list(found)
        if obj is not None:
            context["subtitle"] = titles.full_title(obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def column(self, field: Any) -> Any:
        """Return how a column is shown."""
        if field.name in ("as_of", "fetched_at"):
            return columns.unix_time(field.name)
        return super().column(field)

    @admin.display(description="in Stripe's dashboard")
    def dashboard(self, row: StripeModel) -> Any:
        """Return a link to the object, or to its customer, in Stripe's dashboard."""
        kind, stripe_id = self.kind_of(row), row.stripe_id
        customer = getattr(row, "customer_id", None)
        if kind.page is None and customer:
            kind, stripe_id = kinds.CUSTOMER, customer
        url = dashboard_url(kind.object, stripe_id, account=row.account, livemode=row.livemode)
        return page_links.outside(url)

    # -- what is done

    def settle(self, row: StripeModel) -> Settled[Any]:
        """Read an object from the API, and write it."""
        return settle.settle(self.kind_of(row), row)

    def save_model(self, request: Any, obj: Any, form: Any, change: bool) -> None:
        """Write the project's own columns that were changed, and no other."""
        changed = [name for name in self.own_columns(obj) if name in form.changed_data]
        obj.save(using=conf.database(), update_fields=changed)

    @admin_action("Sync from Stripe")
    def sync_from_stripe(self, request: Any, queryset: Any) -> None:
        """Read each object from Stripe's API, and write it."""
        rows = InTime(self.taken(request, queryset))
        unread = [row.pk for row in rows if not self.settle(row).is_read]
        done = len(rows.rows) - rows.left - len(unread)
        if done:
            self.message_user(request, f"{done} read from Stripe.", messages.SUCCESS)
        self.tell_what_is_left(request, rows)
        if unread:
            told = ", ".join(unread[:10]) + (" …" if len(unread) > 10 else "")
            self.message_user(
                request,
                f"Stripe's API gave no usable answer for {told}: see the log, and check that "
                "API_KEY is of the same account and mode.",
                messages.ERROR,
            )
