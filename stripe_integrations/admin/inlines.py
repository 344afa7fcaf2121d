"""Inlines for the admin of the project's own models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin

from stripe_integrations import conf
from stripe_integrations.admin import columns, linked_names, page_links
from stripe_integrations.dashboard import dashboard_url

if TYPE_CHECKING:
    from stripe_integrations.models import StripeBaseCustomer


class StripeCustomerInline(admin.TabularInline):  # type: ignore[type-arg]
    """The customers of an owner, such as a user, with links to their pages; nothing is edited."""

    model = conf.model("Customer")
    fk_name = "user"
    fields: ClassVar[Any] = ("customer", "email", columns.money("balance"), "dashboard")
    readonly_fields = fields
    verbose_name_plural = "Stripe customers"
    extra = 0
    max_num = 0
    can_delete = False

    class Media:
        css: ClassVar[Any] = {"all": ("stripe_integrations/admin.css",)}

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        """Refuse: customers come from Stripe."""
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Refuse: a change here would not change the object at Stripe."""
        return False

    def get_queryset(self, request: Any) -> Any:
        """Return the customers without their large columns, the newest first."""
        rows = super().get_queryset(request).using(conf.database())
        return rows.defer(*linked_names.LARGE).order_by("-created")

    @admin.display
    def customer(self, row: StripeBaseCustomer) -> Any:
        """Show a customer as a link to its page."""
        return page_links.linked(type(row), row.pk, row.name or row.pk)

    @admin.display(description="in Stripe's dashboard")
    def dashboard(self, row: StripeBaseCustomer) -> Any:
        """Return a link to the customer in Stripe's dashboard."""
        return page_links.outside(
            dashboard_url("customer", row.stripe_id, account=row.account, livemode=row.livemode)
        )
