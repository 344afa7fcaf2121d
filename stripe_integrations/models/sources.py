from __future__ import annotations

from typing import ClassVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel, money_of
from stripe_integrations.models.fields import StripeLink
from stripe_integrations.models.querysets import OfCustomerQuerySet


class StripeBaseCard(StripeModel):
    """A card of a customer, or of a connected account.

    Follows https://docs.stripe.com/api/cards/object.
    """

    stripe_paths = {"brand": ("brand", "type")}

    customer = StripeLink(conf.model_label("Customer"), related_name="%(class)ss")
    brand = models.CharField(max_length=255, null=True, blank=True)
    last4 = models.CharField(max_length=255, null=True, blank=True)
    exp_month = models.IntegerField(null=True, blank=True)
    exp_year = models.IntegerField(null=True, blank=True)
    funding = models.CharField(max_length=255, null=True, blank=True)
    country = models.CharField(max_length=255, null=True, blank=True)
    fingerprint = models.CharField(max_length=255, null=True, blank=True)
    name = models.TextField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    objects: ClassVar = OfCustomerQuerySet.as_manager()

    class Meta:
        abstract = True


class StripeBaseBankAccount(StripeModel):
    """A bank account of a customer, or of a connected account.

    Follows https://docs.stripe.com/api/customer_bank_accounts/object.
    """

    customer = StripeLink(conf.model_label("Customer"), related_name="bank_accounts")
    bank_name = models.TextField(null=True, blank=True)
    last4 = models.CharField(max_length=255, null=True, blank=True)
    routing_number = models.CharField(max_length=255, null=True, blank=True)
    country = models.CharField(max_length=255, null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    status = models.CharField(max_length=255, null=True, blank=True)
    fingerprint = models.CharField(max_length=255, null=True, blank=True)
    account_holder_name = models.TextField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    objects: ClassVar = OfCustomerQuerySet.as_manager()

    class Meta:
        abstract = True


class StripeBaseSource(StripeModel):
    """A source, Stripe's older kind of payment method.

    Follows https://docs.stripe.com/api/sources/object.
    """

    customer = StripeLink(conf.model_label("Customer"), related_name="%(class)ss")
    type = models.CharField(max_length=255, null=True, blank=True)
    status = models.CharField(max_length=255, null=True, blank=True)
    flow = models.CharField(max_length=255, null=True, blank=True)
    usage = models.CharField(max_length=255, null=True, blank=True)
    amount = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    amount_money = money_of("amount")

    objects: ClassVar = OfCustomerQuerySet.as_manager()

    class Meta:
        abstract = True


class Card(StripeBaseCard):
    class Meta(StripeBaseCard.Meta):
        swappable = conf.swappable("Card")


class BankAccount(StripeBaseBankAccount):
    class Meta(StripeBaseBankAccount.Meta):
        swappable = conf.swappable("BankAccount")


class Source(StripeBaseSource):
    class Meta(StripeBaseSource.Meta):
        swappable = conf.swappable("Source")
