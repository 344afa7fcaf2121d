"""The admin: everything to be read, endpoints to be managed.

Our own models are registered here. For a swapped model of your own, register the class yourself:
`admin.site.register(Product, ProductAdmin)`.
"""

from django.contrib import admin

from stripe_integrations import conf
from stripe_integrations.admin.base import ReadOnlyAdmin
from stripe_integrations.admin.endpoints import WebhookEndpointAdmin
from stripe_integrations.admin.events import EventAdmin
from stripe_integrations.admin.mirrors import (
    BankAccountAdmin,
    CardAdmin,
    CouponAdmin,
    CustomerAdmin,
    MirrorAdmin,
    PriceAdmin,
    ProductAdmin,
    SourceAdmin,
    SubscriptionAdmin,
)
from stripe_integrations.admin.triggers import RefusedCountAdmin, WebhookEventTriggerAdmin

__all__ = [
    "BankAccountAdmin",
    "CardAdmin",
    "CouponAdmin",
    "CustomerAdmin",
    "EventAdmin",
    "MirrorAdmin",
    "PriceAdmin",
    "ProductAdmin",
    "ReadOnlyAdmin",
    "RefusedCountAdmin",
    "SourceAdmin",
    "SubscriptionAdmin",
    "WebhookEndpointAdmin",
    "WebhookEventTriggerAdmin",
]

for _name, _admin in {
    "BankAccount": BankAccountAdmin,
    "Card": CardAdmin,
    "Coupon": CouponAdmin,
    "Customer": CustomerAdmin,
    "Event": EventAdmin,
    "Price": PriceAdmin,
    "Product": ProductAdmin,
    "RefusedCount": RefusedCountAdmin,
    "Source": SourceAdmin,
    "Subscription": SubscriptionAdmin,
    "WebhookEndpoint": WebhookEndpointAdmin,
    "WebhookEventTrigger": WebhookEventTriggerAdmin,
}.items():
    if conf.model_label(_name) == f"stripe_integrations.{_name}":
        admin.site.register(conf.model(_name), _admin)
