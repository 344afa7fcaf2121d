"""The admin of the mirrors: to be read, and to be read again from Stripe."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin, messages

from stripe_integrations import actions
from stripe_integrations.actions import StripeAction
from stripe_integrations.admin import columns
from stripe_integrations.admin.base import ReadOnlyAdmin
from stripe_integrations.dashboard import dashboard_url


class MirrorAdmin(ReadOnlyAdmin):
    """Rows of one kind of Stripe object."""

    #: The action of that kind.
    action: ClassVar[type[StripeAction]]

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

    @admin.display(description="in Stripe's dashboard")
    def dashboard(self, row: Any) -> Any:
        """Return a link to the object in Stripe's dashboard."""
        id = self.action.known(row)["id"]  # noqa: A001 - Stripe's name
        name = self.action.object_name
        url = dashboard_url(name, id, account=row.account, livemode=row.livemode)
        return columns.outside(url)

    @admin.action(description="Sync from Stripe", permissions=["change"])
    def sync_from_stripe(self, request: Any, queryset: Any) -> None:
        """Read each object from Stripe's API, and write what that says."""
        left = [row.pk for row in queryset if self.action.settle(row) is row]
        done = queryset.count() - len(left)
        if done:
            self.message_user(request, f"{done} read from Stripe.", messages.SUCCESS)
        if left:
            told = ", ".join(left[:10])
            self.message_user(
                request,
                f"Stripe's API does not say what to make of {told}: see the log, and check that "
                "API_KEY is of the same account and mode.",
                messages.ERROR,
            )


class CustomerAdmin(MirrorAdmin):
    action = actions.StripeCustomer
    list_display = ("id", "name", "email", columns.link("user"), "created", "deleted_at")


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
    list_display = ("id", columns.link("customer"), "status", "current_period_end", "created")


class CardAdmin(MirrorAdmin):
    action = actions.StripeCard
    list_display = ("id", columns.link("customer"), "brand", "last4", "created", "deleted_at")


class BankAccountAdmin(MirrorAdmin):
    action = actions.StripeBankAccount
    list_display = ("id", columns.link("customer"), "bank_name", "last4", "deleted_at")


class SourceAdmin(MirrorAdmin):
    action = actions.StripeSource
    list_display = ("id", columns.link("customer"), "type", "status", "created", "deleted_at")
