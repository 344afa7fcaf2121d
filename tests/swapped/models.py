"""Every model swapped, each with a column of the project's; some with more."""

from django.db import models

from stripe_integrations import conf
from stripe_integrations import models as stripe


class BankAccount(stripe.StripeBaseBankAccount):
    ours = models.BooleanField(default=False)
    account_holder_type = models.TextField(null=True)


class Card(stripe.StripeBaseCard):
    ours = models.BooleanField(default=False)
    cvc_check = models.CharField(max_length=20, null=True)


class Coupon(stripe.StripeBaseCoupon):
    ours = models.BooleanField(default=False)
    products = models.JSONField(null=True)
    stripe_paths = {"products": ("applies_to.products",)}


class Customer(stripe.StripeBaseCustomer):
    ours = models.BooleanField(default=False)
    tax_exempt = models.CharField(max_length=20, default="")


class Event(stripe.StripeBaseEvent):
    ours = models.BooleanField(default=False)
    idempotency_key = models.TextField(null=True)
    stripe_paths = {
        **stripe.StripeBaseEvent.stripe_paths,
        "idempotency_key": ("request.idempotency_key",),
    }


class Price(stripe.StripeBasePrice):
    ours = models.BooleanField(default=False)
    tiers_mode = models.CharField(max_length=20, null=True)


class Product(stripe.StripeBaseProduct):
    ours = models.BooleanField(default=False)
    statement_descriptor = models.CharField(max_length=22, null=True)
    weight = models.FloatField(null=True)
    shippable = models.BooleanField(null=True)
    stripe_paths = {"weight": ("package_dimensions.weight",)}
    stripe_ignore = ("shippable",)


class Source(stripe.StripeBaseSource):
    ours = models.BooleanField(default=False)
    client_secret = models.TextField(null=True)


class Subscription(stripe.StripeBaseSubscription):
    ours = models.BooleanField(default=False)
    days_until_due = models.IntegerField(null=True)


for _name in conf.SWAPPABLE:
    if _name not in globals():
        _bases = (getattr(stripe, conf.base_name(_name)),)
        _columns = {"ours": models.BooleanField(default=False), "__module__": __name__}
        globals()[_name] = type(_name, _bases, _columns)
