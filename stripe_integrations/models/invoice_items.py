from __future__ import annotations

from typing import ClassVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel, money_of
from stripe_integrations.models.fields import StripeLink
from stripe_integrations.models.querysets import OfCustomerQuerySet


class StripeBaseInvoiceItem(StripeModel):
    """An item that waits for a customer's next invoice, or is on one.

    Follows https://docs.stripe.com/api/invoiceitems/object.
    """

    stripe_paths = {
        "created": ("date",),
        "period_end": ("period.end",),
        "period_start": ("period.start",),
        "price": ("pricing.price_details.price", "price", "plan"),
        "product": ("pricing.price_details.product", "price.product", "plan.product"),
        "subscription": ("parent.subscription_details.subscription", "subscription"),
        "unit_amount_decimal": (
            "pricing.unit_amount_decimal",
            "unit_amount_decimal",
            "unit_amount",
        ),
    }

    customer = StripeLink(conf.model_label("Customer"), related_name="invoice_items")
    invoice = StripeLink(conf.model_label("Invoice"), related_name="invoice_items")
    subscription = StripeLink(conf.model_label("Subscription"), related_name="invoice_items")
    price = StripeLink(conf.model_label("Price"), related_name="+", db_index=False)
    product = StripeLink(conf.model_label("Product"), related_name="+", db_index=False)
    amount = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    unit_amount_decimal = models.DecimalField(
        max_digits=32, decimal_places=12, null=True, blank=True
    )
    quantity = models.BigIntegerField(null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    proration = models.BooleanField(null=True, blank=True)
    discountable = models.BooleanField(null=True, blank=True)
    period_start = models.DateTimeField(null=True, blank=True)
    period_end = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    amount_money = money_of("amount")
    unit_amount_money = money_of("unit_amount_decimal")

    objects: ClassVar = OfCustomerQuerySet.as_manager()

    class Meta:
        abstract = True


class InvoiceItem(StripeBaseInvoiceItem):
    class Meta(StripeBaseInvoiceItem.Meta):
        swappable = conf.swappable("InvoiceItem")
