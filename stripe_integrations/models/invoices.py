from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import Row, StripeModel, money_of
from stripe_integrations.models.fields import StripeLink
from stripe_integrations.models.querysets import OfCustomerQuerySet

if TYPE_CHECKING:
    from typing_extensions import Self


class InvoiceQuerySet(OfCustomerQuerySet[Row]):
    """Invoices."""

    def open(self) -> Self:
        """Keep those that are finalized and wait for their payment."""
        return self.not_deleted().filter(status="open")

    def paid(self) -> Self:
        """Keep those that are paid."""
        return self.not_deleted().filter(status="paid")


def former_status(data: dict[str, Any]) -> str | None:
    """Return the status of an invoice from before 2018-11-08, as far as its booleans tell it."""
    if data.get("paid") is True:
        return "paid"
    if data.get("forgiven") is True:
        return "uncollectible"
    return "open" if data.get("attempted") is True else None


def total_tax(data: dict[str, Any]) -> int | None:
    """Return the sum of `total_taxes`, which took the place of `tax`; None without a tax."""
    taxes = data.get("total_taxes")
    if not isinstance(taxes, list) or not taxes:
        return None
    amounts = [each.get("amount") if isinstance(each, dict) else None for each in taxes]
    known = [amount for amount in amounts if isinstance(amount, int)]
    return sum(known) if len(known) == len(amounts) else None


def paid_by(kind: str, data: dict[str, Any]) -> Any:
    """Return the payment intent or charge of the default one of `payments`, else of the first.

    Stripe sends `payments` only if it is asked to, since 2025-03-31.basil; until then an invoice
    had one payment, in the attribute of its kind.
    """
    payments = data.get("payments")
    listed = payments.get("data") if isinstance(payments, dict) else None
    known = [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []
    known.sort(key=lambda each: each.get("is_default") is not True)
    payment = known[0].get("payment") if known else None
    return payment.get(kind) if isinstance(payment, dict) else None


class StripeBaseInvoice(StripeModel):
    """An invoice; `invoice.upcoming` carries one without an id, which is not stored.

    Follows https://docs.stripe.com/api/invoices/object.
    """

    stripe_paths = {
        "application_fee_amount": ("application_fee_amount", "application_fee"),
        "collection_method": ("collection_method", "billing"),
        "created": ("created", "date"),
        "discount": ("discounts.0", "discount"),
        "finalized_at": ("status_transitions.finalized_at", "finalized_at"),
        "marked_uncollectible_at": ("status_transitions.marked_uncollectible_at",),
        "paid_at": ("status_transitions.paid_at",),
        "quote": ("parent.quote_details.quote", "quote"),
        "subscription": ("parent.subscription_details.subscription", "subscription"),
        "voided_at": ("status_transitions.voided_at",),
    }
    stripe_computed = {
        "charge": partial(paid_by, "charge"),
        "payment_intent": partial(paid_by, "payment_intent"),
        "status": former_status,
        "tax": total_tax,
    }

    customer = StripeLink(conf.model_label("Customer"), related_name="invoices")
    subscription = StripeLink(conf.model_label("Subscription"), related_name="invoices")
    quote = StripeLink(conf.model_label("Quote"), related_name="+", db_index=False)
    discount = StripeLink(conf.model_label("Discount"), related_name="+", db_index=False)
    charge = StripeLink(conf.model_label("Charge"), related_name="invoices")
    payment_intent = StripeLink(conf.model_label("PaymentIntent"), related_name="invoices")
    default_payment_method = StripeLink(
        conf.model_label("PaymentMethod"), related_name="+", db_index=False
    )
    number = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    status = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    billing_reason = models.CharField(max_length=255, null=True, blank=True)
    collection_method = models.CharField(max_length=255, null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    amount_due = models.BigIntegerField(null=True, blank=True)
    amount_paid = models.BigIntegerField(null=True, blank=True)
    amount_remaining = models.BigIntegerField(null=True, blank=True)
    subtotal = models.BigIntegerField(null=True, blank=True)
    tax = models.BigIntegerField(null=True, blank=True)
    total = models.BigIntegerField(null=True, blank=True)
    total_excluding_tax = models.BigIntegerField(null=True, blank=True)
    starting_balance = models.BigIntegerField(null=True, blank=True)
    ending_balance = models.BigIntegerField(null=True, blank=True)
    application_fee_amount = models.BigIntegerField(null=True, blank=True)
    attempt_count = models.BigIntegerField(null=True, blank=True)
    next_payment_attempt = models.DateTimeField(null=True, blank=True)
    due_date = models.DateTimeField(null=True, blank=True)
    period_start = models.DateTimeField(null=True, blank=True)
    period_end = models.DateTimeField(null=True, blank=True)
    finalized_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    marked_uncollectible_at = models.DateTimeField(null=True, blank=True)
    customer_email = models.CharField(max_length=512, null=True, blank=True)
    customer_name = models.TextField(null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    hosted_invoice_url = models.TextField(null=True, blank=True)
    invoice_pdf = models.TextField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    amount_due_money = money_of("amount_due")
    amount_paid_money = money_of("amount_paid")
    amount_remaining_money = money_of("amount_remaining")
    subtotal_money = money_of("subtotal")
    tax_money = money_of("tax")
    total_money = money_of("total")
    total_excluding_tax_money = money_of("total_excluding_tax")
    starting_balance_money = money_of("starting_balance")
    ending_balance_money = money_of("ending_balance")
    application_fee_amount_money = money_of("application_fee_amount")

    objects: ClassVar = InvoiceQuerySet.as_manager()

    class Meta:
        abstract = True


class Invoice(StripeBaseInvoice):
    class Meta(StripeBaseInvoice.Meta):
        swappable = conf.swappable("Invoice")
