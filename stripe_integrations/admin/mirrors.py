"""The admin of the mirrors: to be read, and to be read again from Stripe."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages

from stripe_integrations import actions
from stripe_integrations.actions import StripeAction
from stripe_integrations.admin import columns
from stripe_integrations.admin.acting import admin_action
from stripe_integrations.admin.base import HELP_OF_CUSTOMERS, ReadOnlyAdmin
from stripe_integrations.dashboard import dashboard_url

#: Columns that say where the data of a row comes from.
ORIGIN = ("as_of", "fetched_at", "version", "in_doubt", "verb", "trail", "read_by")


class MirrorAdmin(ReadOnlyAdmin):
    """Rows of one kind of Stripe object."""

    #: The action of that kind.
    action: ClassVar[type[StripeAction]]

    large = ("stripe_data", "trail")
    last = ("stripe_data", *ORIGIN)
    for_more = "`manage.py stripe_verify --fix` reads all of them"
    list_filter: ClassVar[Any] = (
        "livemode",
        "in_doubt",
        ("deleted_at", admin.EmptyFieldListFilter),
    )
    ordering = ("-created",)
    actions: Any = ("sync_from_stripe",)

    def get_fields(self, request: Any, obj: Any = None) -> list[Any]:
        """Return every column, and where Stripe shows the object."""
        return ["dashboard", *super().get_fields(request, obj)]

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        """Fold up where the data comes from: few want to know."""
        shown = self.get_fields(request, obj)
        if obj is None:
            return [(None, {"fields": shown})]
        start = len(shown) - len(ORIGIN)
        return [
            (None, {"fields": shown[:start]}),
            ("Where the data comes from", {"fields": shown[start:], "classes": ["collapse"]}),
        ]

    def column(self, field: Any) -> Any:
        """Return how a column is shown."""
        if field.name in ("as_of", "fetched_at"):
            return columns.moment(field.name)
        return super().column(field)

    @admin.display(description="in Stripe's dashboard")
    def dashboard(self, row: Any) -> Any:
        """Return a link to the object in Stripe's dashboard."""
        return self.dashboard_link(row, self.action.object_name, row.pk)

    def dashboard_link(self, row: Any, object_name: str, key: str) -> Any:
        """Return a link to the dashboard's page of what a row's key names."""
        stripe_id = key.removeprefix(f"{row.account}/")
        url = dashboard_url(object_name, stripe_id, account=row.account, livemode=row.livemode)
        return columns.outside(url)

    @admin_action("Sync from Stripe")
    def sync_from_stripe(self, request: Any, queryset: Any) -> None:
        """Read each object from Stripe's API, and write what that says."""
        rows = self.taken(request, queryset)
        left = [row.pk for row in rows if self.action.settle(row) is row]
        if len(rows) > len(left):
            done = f"{len(rows) - len(left)} read from Stripe."
            self.message_user(request, done, messages.SUCCESS)
        if left:
            told = ", ".join(left[:10]) + (" …" if len(left) > 10 else "")
            self.message_user(
                request,
                f"Stripe's API does not say what to make of {told}: see the log, and check that "
                "API_KEY is of the same account and mode.",
                messages.ERROR,
            )


class CustomerAdmin(MirrorAdmin):
    action = actions.StripeCustomer
    list_display = ("id", "name", "email", columns.link("user"), "created", "deleted_at")
    list_select_related = ("user",)
    sortable_by = ("id", "email", "created")
    search_help_text = HELP_OF_CUSTOMERS


class ProductAdmin(MirrorAdmin):
    action = actions.StripeProduct
    list_display = ("id", "name", "active", "created", "deleted_at")


class PriceAdmin(MirrorAdmin):
    action = actions.StripePrice
    list_display = ("id", columns.link("product"), "unit_amount", "currency", "active", "created")


class CouponAdmin(MirrorAdmin):
    action = actions.StripeCoupon
    list_display = ("id", "name", "percent_off", "amount_off", "currency", "valid", "created")


class SubscriptionAdmin(MirrorAdmin):
    action = actions.StripeSubscription
    search_help_text = HELP_OF_CUSTOMERS
    list_display = ("id", columns.link("customer"), "status", "current_period_end", "created")


class CustomerSourceAdmin(MirrorAdmin):
    """What a customer pays with: the dashboard shows it on the customer's page."""

    search_help_text = HELP_OF_CUSTOMERS

    @admin.display(description="in Stripe's dashboard")
    def dashboard(self, row: Any) -> Any:
        """Return a link to the customer in Stripe's dashboard."""
        if row.customer_id is None:
            return columns.EMPTY
        return self.dashboard_link(row, "customer", row.customer_id)


class CardAdmin(CustomerSourceAdmin):
    action = actions.StripeCard
    list_display = ("id", columns.link("customer"), "brand", "last4", "created", "deleted_at")


class BankAccountAdmin(CustomerSourceAdmin):
    action = actions.StripeBankAccount
    list_display = ("id", columns.link("customer"), "bank_name", "last4", "deleted_at")


class SourceAdmin(CustomerSourceAdmin):
    action = actions.StripeSource
    list_display = ("id", columns.link("customer"), "type", "status", "created", "deleted_at")
