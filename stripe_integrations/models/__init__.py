"""The mirrors and the inbox; each mirror and Event is swappable."""

from stripe_integrations.models.base import StripeModel, StripeQuerySet
from stripe_integrations.models.coupons import Coupon, StripeBaseCoupon
from stripe_integrations.models.cursors import EventCursor
from stripe_integrations.models.customers import Customer, StripeBaseCustomer
from stripe_integrations.models.endpoints import ValidationMethod, WebhookEndpoint, WebhookSecret
from stripe_integrations.models.events import Event, EventStatus, StripeBaseEvent
from stripe_integrations.models.fields import StripeIdField, StripeLink
from stripe_integrations.models.prices import Price, StripeBasePrice
from stripe_integrations.models.products import Product, StripeBaseProduct
from stripe_integrations.models.sources import (
    BankAccount,
    Card,
    Source,
    StripeBaseBankAccount,
    StripeBaseCard,
    StripeBaseSource,
)
from stripe_integrations.models.subscriptions import StripeBaseSubscription, Subscription
from stripe_integrations.models.triggers import RefusedCount, WebhookEventTrigger

__all__ = [
    "BankAccount",
    "Card",
    "Coupon",
    "Customer",
    "Event",
    "EventCursor",
    "EventStatus",
    "Price",
    "Product",
    "RefusedCount",
    "Source",
    "StripeBaseBankAccount",
    "StripeBaseCard",
    "StripeBaseCoupon",
    "StripeBaseCustomer",
    "StripeBaseEvent",
    "StripeBasePrice",
    "StripeBaseProduct",
    "StripeBaseSource",
    "StripeBaseSubscription",
    "StripeIdField",
    "StripeLink",
    "StripeModel",
    "StripeQuerySet",
    "Subscription",
    "ValidationMethod",
    "WebhookEndpoint",
    "WebhookEventTrigger",
    "WebhookSecret",
]
