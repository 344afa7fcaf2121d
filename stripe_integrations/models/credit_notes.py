from __future__ import annotations

from typing import ClassVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel, money_of
from stripe_integrations.models.fields import StripeLink
from stripe_integrations.models.querysets import OfCustomerQuerySet


class StripeBaseCreditNote(StripeModel):
    """A credit note, which reduces what an invoice asks for.

    Follows https://docs.stripe.com/api/credit_notes/object.
    """

    stripe_paths = {"refund": ("refunds.0.refund", "refund")}

    customer = StripeLink(conf.model_label("Customer"), related_name="credit_notes")
    invoice = StripeLink(conf.model_label("Invoice"), related_name="credit_notes")
    refund = StripeLink(conf.model_label("Refund"), related_name="credit_notes")
    number = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    status = models.CharField(max_length=255, null=True, blank=True)
    type = models.CharField(max_length=255, null=True, blank=True)
    reason = models.CharField(max_length=255, null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    amount = models.BigIntegerField(null=True, blank=True)
    discount_amount = models.BigIntegerField(null=True, blank=True)
    out_of_band_amount = models.BigIntegerField(null=True, blank=True)
    subtotal = models.BigIntegerField(null=True, blank=True)
    total = models.BigIntegerField(null=True, blank=True)
    memo = models.TextField(null=True, blank=True)
    pdf = models.TextField(null=True, blank=True)
    effective_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    amount_money = money_of("amount")
    discount_amount_money = money_of("discount_amount")
    out_of_band_amount_money = money_of("out_of_band_amount")
    subtotal_money = money_of("subtotal")
    total_money = money_of("total")

    objects: ClassVar = OfCustomerQuerySet.as_manager()

    class Meta:
        abstract = True


class CreditNote(StripeBaseCreditNote):
    class Meta(StripeBaseCreditNote.Meta):
        swappable = conf.swappable("CreditNote")
