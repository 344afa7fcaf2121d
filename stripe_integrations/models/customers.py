from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.local_users import is_nobody
from stripe_integrations.models.base import (
    Row,
    StripeModel,
    StripeQuerySet,
    money_of,
)
from stripe_integrations.models.fields import OwnerKey, StripeIdField, StripeLink
from stripe_integrations.models.indexes import BeginningIndex

if TYPE_CHECKING:
    from typing_extensions import Self


class CustomerQuerySet(StripeQuerySet[Row]):
    """Customers."""

    def for_user(self, user: Any, account: str | None = None) -> Self:
        """Keep the customers of a local owner; none for a user who is not logged in.

        `account` is the id of a connected account, None for our own. Raises TypeError for what is
        no owner.
        """
        return self.none() if is_nobody(user) else self.filter(user=user, account=account)


class StripeBaseCustomer(StripeModel):
    """A customer, linked to its local owner, a user by default, where there is one.

    Follows https://docs.stripe.com/api/customers/object.
    """

    stripe_paths = {
        "balance": ("balance", "account_balance"),
        "default_payment_method": ("invoice_settings.default_payment_method",),
    }

    user = OwnerKey(
        conf.owner_default(),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="stripe_%(class)ss",
    )
    email = models.CharField(max_length=512, null=True, blank=True, db_index=True)
    name = models.TextField(null=True, blank=True)
    phone = models.CharField(max_length=255, null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    balance = models.BigIntegerField(null=True, blank=True)
    delinquent = models.BooleanField(null=True, blank=True)
    default_source = StripeIdField(null=True, blank=True)
    default_payment_method = StripeLink(
        conf.model_label("PaymentMethod"), related_name="+", db_index=False
    )
    discount = StripeLink(conf.model_label("Discount"), related_name="+", db_index=False)
    metadata = models.JSONField(null=True, blank=True)

    balance_money = money_of("balance")  # negative is credit to the customer

    objects: ClassVar = CustomerQuerySet.as_manager()

    class Meta:
        abstract = True
        # The admin's search for the beginning of a name.
        indexes = [BeginningIndex(fields=["name"], name="%(app_label)s_%(class)s_name")]


class Customer(StripeBaseCustomer):
    class Meta(StripeBaseCustomer.Meta):
        swappable = conf.swappable("Customer")
