from __future__ import annotations

from typing import Any, ClassVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel, money_of
from stripe_integrations.models.fields import StripeLink
from stripe_integrations.models.querysets import PaymentQuerySet


def _is_disputed(data: dict[str, Any]) -> bool | None:
    """Return whether there is a dispute, as told before there was an attribute `disputed`."""
    return data["dispute"] is not None if "dispute" in data else None


class StripeBaseCharge(StripeModel):
    """A charge; `payment_method` is a card, bank account or source in older API versions.

    Since 2025-03-31 it does not say its `invoice`, which has invoice payments.

    Follows https://docs.stripe.com/api/charges/object.
    """

    stripe_paths = {
        "outcome_risk_level": ("outcome.risk_level",),
        "outcome_type": ("outcome.type",),
        "payment_method": ("payment_method", "source"),
        "payment_method_type": ("payment_method_details.type",),
        "transfer_data_destination": ("transfer_data.destination", "destination"),
    }
    stripe_computed = {"disputed": _is_disputed}

    customer = StripeLink(conf.model_label("Customer"), related_name="%(class)ss")
    invoice = StripeLink(conf.model_label("Invoice"), related_name="+", db_index=False)
    payment_intent = StripeLink(conf.model_label("PaymentIntent"), related_name="%(class)ss")
    payment_method = StripeLink(conf.model_label("PaymentMethod"), related_name="+", db_index=False)
    payment_method_type = models.CharField(max_length=255, null=True, blank=True)
    status = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    amount = models.BigIntegerField(null=True, blank=True)
    amount_captured = models.BigIntegerField(null=True, blank=True)
    amount_refunded = models.BigIntegerField(null=True, blank=True)
    application_fee_amount = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    paid = models.BooleanField(null=True, blank=True)
    captured = models.BooleanField(null=True, blank=True)
    refunded = models.BooleanField(null=True, blank=True)
    disputed = models.BooleanField(null=True, blank=True)
    failure_code = models.CharField(max_length=255, null=True, blank=True)
    failure_message = models.TextField(null=True, blank=True)
    outcome_type = models.CharField(max_length=255, null=True, blank=True)
    outcome_risk_level = models.CharField(max_length=255, null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    statement_descriptor = models.CharField(max_length=255, null=True, blank=True)
    receipt_email = models.CharField(max_length=512, null=True, blank=True)
    receipt_number = models.CharField(max_length=255, null=True, blank=True)
    receipt_url = models.TextField(null=True, blank=True)
    balance_transaction = StripeLink(
        conf.model_label("BalanceTransaction"), related_name="+", db_index=False
    )
    on_behalf_of = StripeLink(conf.model_label("Account"), related_name="+", db_index=False)
    transfer = StripeLink(conf.model_label("Transfer"), related_name="+", db_index=False)
    transfer_data_destination = StripeLink(
        conf.model_label("Account"), related_name="+", db_index=False
    )
    transfer_group = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    metadata = models.JSONField(null=True, blank=True)

    amount_money = money_of("amount")
    amount_captured_money = money_of("amount_captured")
    amount_refunded_money = money_of("amount_refunded")
    application_fee_amount_money = money_of("application_fee_amount")

    objects: ClassVar = PaymentQuerySet.as_manager()

    class Meta:
        abstract = True


class StripeBaseDispute(StripeModel):
    """A dispute over a charge.

    Follows https://docs.stripe.com/api/disputes/object.
    """

    stripe_paths = {
        "evidence_due_by": ("evidence_details.due_by",),
        "has_evidence": ("evidence_details.has_evidence",),
        "network_reason_code": (
            "payment_method_details.card.network_reason_code",
            "network_reason_code",
        ),
    }

    charge = StripeLink(conf.model_label("Charge"), related_name="%(class)ss")
    payment_intent = StripeLink(conf.model_label("PaymentIntent"), related_name="%(class)ss")
    status = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    reason = models.CharField(max_length=255, null=True, blank=True)
    network_reason_code = models.CharField(max_length=255, null=True, blank=True)
    amount = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    is_charge_refundable = models.BooleanField(null=True, blank=True)
    evidence_due_by = models.DateTimeField(null=True, blank=True)
    has_evidence = models.BooleanField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    amount_money = money_of("amount")

    class Meta:
        abstract = True


class StripeBaseRefund(StripeModel):
    """A refund of a charge.

    Follows https://docs.stripe.com/api/refunds/object.
    """

    charge = StripeLink(conf.model_label("Charge"), related_name="%(class)ss")
    payment_intent = StripeLink(conf.model_label("PaymentIntent"), related_name="%(class)ss")
    status = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    reason = models.CharField(max_length=255, null=True, blank=True)
    failure_reason = models.CharField(max_length=255, null=True, blank=True)
    amount = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    receipt_number = models.CharField(max_length=255, null=True, blank=True)
    balance_transaction = StripeLink(
        conf.model_label("BalanceTransaction"), related_name="+", db_index=False
    )
    metadata = models.JSONField(null=True, blank=True)

    amount_money = money_of("amount")

    class Meta:
        abstract = True


class Charge(StripeBaseCharge):
    class Meta(StripeBaseCharge.Meta):
        swappable = conf.swappable("Charge")


class Dispute(StripeBaseDispute):
    class Meta(StripeBaseDispute.Meta):
        swappable = conf.swappable("Dispute")


class Refund(StripeBaseRefund):
    class Meta(StripeBaseRefund.Meta):
        swappable = conf.swappable("Refund")
