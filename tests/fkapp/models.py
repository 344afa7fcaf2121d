"""A project's app with a plain foreign key to each model of ours."""

from django.conf import settings
from django.db import models


class Keeper(models.Model):
    bank_account = models.ForeignKey(settings.STRIPE_BANK_ACCOUNT_MODEL, models.CASCADE, null=True)
    card = models.ForeignKey(settings.STRIPE_CARD_MODEL, models.CASCADE, null=True)
    coupon = models.ForeignKey(settings.STRIPE_COUPON_MODEL, models.CASCADE, null=True)
    customer = models.ForeignKey(settings.STRIPE_CUSTOMER_MODEL, models.CASCADE, null=True)
    event = models.ForeignKey(settings.STRIPE_EVENT_MODEL, models.CASCADE, null=True)
    price = models.ForeignKey(settings.STRIPE_PRICE_MODEL, models.CASCADE, null=True)
    product = models.ForeignKey(settings.STRIPE_PRODUCT_MODEL, models.CASCADE, null=True)
    source = models.ForeignKey(settings.STRIPE_SOURCE_MODEL, models.CASCADE, null=True)
    subscription = models.ForeignKey(settings.STRIPE_SUBSCRIPTION_MODEL, models.CASCADE, null=True)
