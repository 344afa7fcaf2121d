from __future__ import annotations

from typing import ClassVar

from django.db import models

from stripe_integrations import conf
from stripe_integrations.models.base import StripeModel
from stripe_integrations.models.fields import StripeLink
from stripe_integrations.models.querysets import OfCustomerQuerySet

#: The types whose hash is of a card.
CARDS = ("card", "card_present", "interac_present")
#: The types whose hash says the last digits of a card or an account, and a fingerprint of it.
NUMBERED = (
    *CARDS,
    "us_bank_account",
    "acss_debit",
    "au_becs_debit",
    "bacs_debit",
    "nz_bank_account",
    "sepa_debit",
)


class StripeBasePaymentMethod(StripeModel):
    """A payment method; once it is detached it has no customer.

    Follows https://docs.stripe.com/api/payment_methods/object.
    """

    stripe_paths = {
        "billing_details_email": ("billing_details.email",),
        "billing_details_name": ("billing_details.name",),
        "card_brand": tuple(f"{each}.brand" for each in CARDS),
        "card_country": tuple(f"{each}.country" for each in CARDS),
        "card_exp_month": tuple(f"{each}.exp_month" for each in CARDS),
        "card_exp_year": tuple(f"{each}.exp_year" for each in CARDS),
        "card_funding": tuple(f"{each}.funding" for each in CARDS),
        "fingerprint": tuple(f"{each}.fingerprint" for each in NUMBERED),
        "last4": tuple(f"{each}.last4" for each in NUMBERED),
    }

    customer = StripeLink(conf.model_label("Customer"), related_name="payment_methods")
    type = models.CharField(max_length=255, null=True, blank=True)
    last4 = models.CharField(max_length=255, null=True, blank=True)
    fingerprint = models.CharField(max_length=255, null=True, blank=True, db_index=True)
    card_brand = models.CharField(max_length=255, null=True, blank=True)
    card_country = models.CharField(max_length=255, null=True, blank=True)
    card_exp_month = models.IntegerField(null=True, blank=True)
    card_exp_year = models.IntegerField(null=True, blank=True)
    card_funding = models.CharField(max_length=255, null=True, blank=True)
    billing_details_email = models.CharField(max_length=512, null=True, blank=True)
    billing_details_name = models.TextField(null=True, blank=True)
    allow_redisplay = models.CharField(max_length=255, null=True, blank=True)
    metadata = models.JSONField(null=True, blank=True)

    objects: ClassVar = OfCustomerQuerySet.as_manager()

    class Meta:
        abstract = True


class PaymentMethod(StripeBasePaymentMethod):
    class Meta(StripeBasePaymentMethod.Meta):
        swappable = conf.swappable("PaymentMethod")
