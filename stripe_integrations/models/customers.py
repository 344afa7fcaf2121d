from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel, StripeQuerySet, is_nobody
from stripe_integrations.models.fields import StripeIdField
from stripe_integrations.money import to_decimal


class CustomerQuerySet(StripeQuerySet):
    """Customers."""

    def for_user(self, user: Any) -> CustomerQuerySet:
        """Keep the customers of a local user; none for one who is not logged in."""
        return self.none() if is_nobody(user) else self.filter(user=user)


class StripeBaseCustomer(StripeModel):
    """A customer, linked to a local user where there is one.

    Follows https://docs.stripe.com/api/customers/object.
    """

    stripe_paths = {
        "balance": ("balance", "account_balance"),
        "default_payment_method": ("invoice_settings.default_payment_method",),
    }

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
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
    default_payment_method = StripeIdField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    objects: ClassVar[Any] = CustomerQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def balance_money(self) -> Decimal | None:
        """The balance in the currency's unit; negative is credit to the customer."""
        return to_decimal(self.balance, self.currency)


class Customer(StripeBaseCustomer):
    class Meta(StripeBaseCustomer.Meta):
        swappable = conf.swappable("Customer")
