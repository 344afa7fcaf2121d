from __future__ import annotations

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel, money_of
from stripe_integrations.models.fields import StripeLink


class StripeBaseInvoicePayment(StripeModel):
    """A payment of an invoice, which may have several since 2025-03-31.basil.

    Follows https://docs.stripe.com/api/invoice-payment/object.
    """

    stripe_paths = {
        "canceled_at": ("status_transitions.canceled_at",),
        "charge": ("payment.charge",),
        "paid_at": ("status_transitions.paid_at",),
        "payment_intent": ("payment.payment_intent",),
        "payment_type": ("payment.type",),
    }

    invoice = StripeLink(conf.model_label("Invoice"), related_name="payments")
    payment_intent = StripeLink(conf.model_label("PaymentIntent"), related_name="invoice_payments")
    charge = StripeLink(conf.model_label("Charge"), related_name="invoice_payments")
    payment_type = models.CharField(max_length=255, null=True, blank=True)
    status = models.CharField(max_length=255, null=True, blank=True)
    is_default = models.BooleanField(null=True, blank=True)
    amount_requested = models.BigIntegerField(null=True, blank=True)
    amount_paid = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)

    amount_requested_money = money_of("amount_requested")
    amount_paid_money = money_of("amount_paid")

    class Meta:
        abstract = True


class InvoicePayment(StripeBaseInvoicePayment):
    class Meta(StripeBaseInvoicePayment.Meta):
        swappable = conf.swappable("InvoicePayment")
