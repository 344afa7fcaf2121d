"""Verbs on Stripe objects, one class a kind."""

from stripe_integrations.actions.base import StripeAction
from stripe_integrations.actions.coupons import StripeCoupon
from stripe_integrations.actions.customers import StripeCustomer
from stripe_integrations.actions.endpoints import StripeEndpoint
from stripe_integrations.actions.events import StripeEventAction
from stripe_integrations.actions.prices import StripePrice
from stripe_integrations.actions.products import StripeProduct
from stripe_integrations.actions.sources import StripeBankAccount, StripeCard, StripeSource
from stripe_integrations.actions.subscriptions import StripeSubscription
from stripe_integrations.actions.webhooks import StripeWebhook

__all__ = [
    "MIRRORED",
    "StripeAction",
    "StripeBankAccount",
    "StripeCard",
    "StripeCoupon",
    "StripeCustomer",
    "StripeEndpoint",
    "StripeEventAction",
    "StripePrice",
    "StripeProduct",
    "StripeSource",
    "StripeSubscription",
    "StripeWebhook",
]

#: The value of an object's `object` attribute -> the action that mirrors such objects.
MIRRORED: dict[str, type[StripeAction]] = {
    action.object_name: action
    for action in (
        StripeBankAccount,
        StripeCard,
        StripeCoupon,
        StripeCustomer,
        StripePrice,
        StripeProduct,
        StripeSource,
        StripeSubscription,
    )
}
