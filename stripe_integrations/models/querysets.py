"""Querysets that several mirrors share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from stripe_integrations import conf
from stripe_integrations.local_users import is_nobody
from stripe_integrations.models.base import Row, StripeQuerySet

if TYPE_CHECKING:
    from typing_extensions import Self


class OfCustomerQuerySet(StripeQuerySet[Row]):
    """Rows that belong to a customer."""

    def for_user(self, user: Any, account: str | None = None) -> Self:
        """Keep those of a local owner; none for a user who is not logged in.

        `account` is the id of a connected account, None for our own. Raises TypeError for what is
        no owner.
        """
        return self.none() if is_nobody(user) else self.filter(customer__user=user, account=account)

    def of_existing_customers(self) -> Self:
        """Leave out those of deleted customers: Stripe sends no event for all that ends with one.

        A customer who has not arrived yet counts as existing.
        """
        # A join would be an inner one where a customer is named, and want its row.
        customers = conf.model("Customer")._base_manager.filter(pk=OuterRef("customer_id"))
        return self.exclude(Exists(customers.exclude(deleted_at=None)))


class PaymentQuerySet(OfCustomerQuerySet[Row]):
    """Rows of payments, which succeed or not."""

    def succeeded(self) -> Self:
        """Keep those that have succeeded, also if they were refunded since."""
        return self.not_deleted().filter(status="succeeded")
