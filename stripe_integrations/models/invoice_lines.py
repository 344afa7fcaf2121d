from __future__ import annotations

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel, money_of
from stripe_integrations.models.fields import StripeLink


class StripeBaseInvoiceLineItem(StripeModel):
    """A line of an invoice.

    Follows https://docs.stripe.com/api/invoice-line-item/object.
    """

    stripe_paths = {
        "invoice_item": (
            "parent.invoice_item_details.invoice_item",
            "parent.subscription_item_details.invoice_item",
            "invoice_item",
        ),
        "period_end": ("period.end",),
        "period_start": ("period.start",),
        "price": ("pricing.price_details.price", "price", "plan"),
        "product": ("pricing.price_details.product", "price.product", "plan.product"),
        "proration": (
            "parent.subscription_item_details.proration",
            "parent.invoice_item_details.proration",
            "proration",
        ),
        "subscription": (
            "parent.subscription_item_details.subscription",
            "parent.invoice_item_details.subscription",
            "subscription",
        ),
        "subscription_item": (
            "parent.subscription_item_details.subscription_item",
            "subscription_item",
        ),
        "unit_amount_decimal": (
            "pricing.unit_amount_decimal",
            "price.unit_amount_decimal",
            "plan.amount_decimal",
            "plan.amount",
        ),
    }

    invoice = StripeLink(conf.model_label("Invoice"), related_name="lines")
    invoice_item = StripeLink(conf.model_label("InvoiceItem"), related_name="+", db_index=False)
    subscription = StripeLink(conf.model_label("Subscription"), related_name="invoice_lines")
    subscription_item = StripeLink(
        conf.model_label("SubscriptionItem"), related_name="+", db_index=False
    )
    price = StripeLink(conf.model_label("Price"), related_name="invoice_lines")
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

    class Meta:
        abstract = True


class InvoiceLineItem(StripeBaseInvoiceLineItem):
    class Meta(StripeBaseInvoiceLineItem.Meta):
        swappable = conf.swappable("InvoiceLineItem")
