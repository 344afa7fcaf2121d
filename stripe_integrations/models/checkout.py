from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import Row, StripeModel, money_of
from stripe_integrations.models.fields import StripeLink
from stripe_integrations.models.querysets import OfCustomerQuerySet

if TYPE_CHECKING:
    from typing_extensions import Self


class CheckoutSessionQuerySet(OfCustomerQuerySet[Row]):
    """Checkout sessions."""

    def paid(self) -> Self:
        """Keep those that are paid, or had nothing to be paid: what was bought may be delivered."""
        return self.not_deleted().filter(payment_status__in=("paid", "no_payment_required"))


class StripeBaseCheckoutSession(StripeModel):
    """A checkout session; `customer_email` is the one entered, else the one it was created with.

    Follows https://docs.stripe.com/api/checkout/sessions/object.
    """

    #: What an embedded checkout needs. It is never stored: it is set on a row that a verb returns,
    #: also `retrieve`, and masked in its repr.
    client_secret: str | None = None

    stripe_paths = {
        "amount_discount": ("total_details.amount_discount",),
        "amount_shipping": ("total_details.amount_shipping",),
        "amount_tax": ("total_details.amount_tax",),
        "customer_email": ("customer_details.email", "customer_email"),
        "customer_name": ("customer_details.name",),
        "shipping_details": (
            "collected_information.shipping_details",
            "shipping_details",
            "shipping",
        ),
    }

    customer = StripeLink(conf.model_label("Customer"), related_name="checkout_sessions")
    invoice = StripeLink(conf.model_label("Invoice"), related_name="+", db_index=False)
    payment_intent = StripeLink(conf.model_label("PaymentIntent"), related_name="checkout_sessions")
    payment_link = StripeLink(conf.model_label("PaymentLink"), related_name="checkout_sessions")
    setup_intent = StripeLink(conf.model_label("SetupIntent"), related_name="checkout_sessions")
    subscription = StripeLink(conf.model_label("Subscription"), related_name="checkout_sessions")
    mode = models.CharField(max_length=255, null=True, blank=True)
    status = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    payment_status = models.CharField(max_length=255, null=True, blank=True)
    payment_method_types = models.JSONField(null=True, blank=True)
    amount_subtotal = models.BigIntegerField(null=True, blank=True)
    amount_discount = models.BigIntegerField(null=True, blank=True)
    amount_shipping = models.BigIntegerField(null=True, blank=True)
    amount_tax = models.BigIntegerField(null=True, blank=True)
    amount_total = models.BigIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    client_reference_id = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    customer_email = models.CharField(max_length=512, null=True, blank=True)
    customer_name = models.TextField(null=True, blank=True)
    shipping_details = models.JSONField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    url = models.TextField(null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    amount_subtotal_money = money_of("amount_subtotal")
    amount_discount_money = money_of("amount_discount")
    amount_shipping_money = money_of("amount_shipping")
    amount_tax_money = money_of("amount_tax")
    amount_total_money = money_of("amount_total")

    objects: ClassVar = CheckoutSessionQuerySet.as_manager()

    class Meta:
        abstract = True


class StripeBasePaymentLink(StripeModel):
    """A payment link.

    Follows https://docs.stripe.com/api/payment-link/object.
    """

    admin_columns = ("url", "active", "currency")
    stripe_paths = {"transfer_data_destination": ("transfer_data.destination",)}

    active = models.BooleanField(null=True, blank=True)
    url = models.TextField(null=True, blank=True)
    currency = models.CharField(max_length=255, null=True, blank=True)
    allow_promotion_codes = models.BooleanField(null=True, blank=True)
    customer_creation = models.CharField(max_length=255, null=True, blank=True)
    submit_type = models.CharField(max_length=255, null=True, blank=True)
    application_fee_amount = models.BigIntegerField(null=True, blank=True)
    application_fee_percent = models.DecimalField(
        max_digits=20, decimal_places=12, null=True, blank=True
    )
    on_behalf_of = StripeLink(conf.model_label("Account"), related_name="+", db_index=False)
    transfer_data_destination = StripeLink(
        conf.model_label("Account"), related_name="+", db_index=False
    )
    metadata = models.JSONField(null=True, blank=True)

    application_fee_amount_money = money_of("application_fee_amount")

    class Meta:
        abstract = True


class CheckoutSession(StripeBaseCheckoutSession):
    class Meta(StripeBaseCheckoutSession.Meta):
        swappable = conf.swappable("CheckoutSession")


class PaymentLink(StripeBasePaymentLink):
    class Meta(StripeBasePaymentLink.Meta):
        swappable = conf.swappable("PaymentLink")
