from __future__ import annotations

from typing import ClassVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.masking import HiddenText
from stripe_integrations.models.base import StripeModel, money_of
from stripe_integrations.models.fields import StripeIdField, StripeLink
from stripe_integrations.models.querysets import PaymentQuerySet


class StripeBasePaymentIntent(StripeModel):
    """A payment intent.

    Since 2025-03-31 it does not say its `invoice`, which has invoice payments. Its `client_secret`
    is not stored: only the rows that actions return have it.

    Follows https://docs.stripe.com/api/payment_intents/object.
    """

    client_secret: HiddenText | None = None

    stripe_paths = {
        "last_payment_error_code": ("last_payment_error.code",),
        "last_payment_error_message": ("last_payment_error.message",),
        "latest_charge": ("latest_charge", "charges.data.0"),
        "next_action_type": ("next_action.type", "next_source_action.type"),
        "payment_method": ("payment_method", "source"),
        "payment_method_types": ("payment_method_types", "allowed_source_types"),
        "transfer_data_destination": ("transfer_data.destination",),
    }

    customer = StripeLink(conf.model_label("Customer"), related_name="payment_intents")
    invoice = StripeLink(conf.model_label("Invoice"), related_name="+", db_index=False)
    latest_charge = StripeLink(conf.model_label("Charge"), related_name="+", db_index=False)
    payment_method = StripeLink(conf.model_label("PaymentMethod"), related_name="+", db_index=False)
    payment_method_types = models.JSONField(null=True, blank=True)
    status = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    amount = models.BigIntegerField(null=True, blank=True)
    amount_capturable = models.BigIntegerField(null=True, blank=True)
    amount_received = models.BigIntegerField(null=True, blank=True)
    application_fee_amount = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    capture_method = models.CharField(max_length=255, null=True, blank=True)
    confirmation_method = models.CharField(max_length=255, null=True, blank=True)
    setup_future_usage = models.CharField(max_length=255, null=True, blank=True)
    next_action_type = models.CharField(max_length=255, null=True, blank=True)
    last_payment_error_code = models.CharField(max_length=255, null=True, blank=True)
    last_payment_error_message = models.TextField(null=True, blank=True)
    canceled_at = models.DateTimeField(null=True, blank=True)
    cancellation_reason = models.CharField(max_length=255, null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    statement_descriptor = models.CharField(max_length=255, null=True, blank=True)
    receipt_email = models.CharField(max_length=512, null=True, blank=True)
    on_behalf_of = StripeLink(conf.model_label("Account"), related_name="+", db_index=False)
    transfer_data_destination = StripeLink(
        conf.model_label("Account"), related_name="+", db_index=False
    )
    transfer_group = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    metadata = models.JSONField(null=True, blank=True)

    amount_money = money_of("amount")
    amount_capturable_money = money_of("amount_capturable")
    amount_received_money = money_of("amount_received")
    application_fee_amount_money = money_of("application_fee_amount")

    objects: ClassVar = PaymentQuerySet.as_manager()

    class Meta:
        abstract = True


class StripeBaseSetupIntent(StripeModel):
    """A setup intent.

    Its `client_secret` is not stored: only the rows that actions return have it.

    Follows https://docs.stripe.com/api/setup_intents/object.
    """

    client_secret: HiddenText | None = None

    stripe_paths = {
        "last_setup_error_code": ("last_setup_error.code",),
        "last_setup_error_message": ("last_setup_error.message",),
        "next_action_type": ("next_action.type",),
    }

    customer = StripeLink(conf.model_label("Customer"), related_name="setup_intents")
    payment_method = StripeLink(conf.model_label("PaymentMethod"), related_name="+", db_index=False)
    payment_method_types = models.JSONField(null=True, blank=True)
    status = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    usage = models.CharField(max_length=255, null=True, blank=True)
    description = models.TextField(null=True, blank=True)
    cancellation_reason = models.CharField(max_length=255, null=True, blank=True)
    next_action_type = models.CharField(max_length=255, null=True, blank=True)
    last_setup_error_code = models.CharField(max_length=255, null=True, blank=True)
    last_setup_error_message = models.TextField(null=True, blank=True)
    latest_attempt = StripeIdField(null=True, blank=True)
    mandate = StripeIdField(null=True, blank=True)
    on_behalf_of = StripeLink(conf.model_label("Account"), related_name="+", db_index=False)
    metadata = models.JSONField(null=True, blank=True)

    objects: ClassVar = PaymentQuerySet.as_manager()

    class Meta:
        abstract = True


class PaymentIntent(StripeBasePaymentIntent):
    class Meta(StripeBasePaymentIntent.Meta):
        swappable = conf.swappable("PaymentIntent")


class SetupIntent(StripeBaseSetupIntent):
    class Meta(StripeBaseSetupIntent.Meta):
        swappable = conf.swappable("SetupIntent")
