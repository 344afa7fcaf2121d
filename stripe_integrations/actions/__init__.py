"""Verbs on Stripe objects, one class a kind."""

from typing import Any

from stripe_integrations import kinds
from stripe_integrations.actions import mirrored
from stripe_integrations.actions.base import StripeAction, registered
from stripe_integrations.actions.charges import StripeCharge
from stripe_integrations.actions.checkout import StripeCheckout, StripeCheckoutSession
from stripe_integrations.actions.coupons import StripeCoupon
from stripe_integrations.actions.credit_notes import StripeCreditNote
from stripe_integrations.actions.customers import StripeCustomer
from stripe_integrations.actions.endpoint_kinds import StripeEventDestination
from stripe_integrations.actions.endpoints import StripeEndpoint
from stripe_integrations.actions.entitlements import StripeEntitlementSummary
from stripe_integrations.actions.events import StripeEventAction
from stripe_integrations.actions.finding import find
from stripe_integrations.actions.invoice_items import StripeInvoiceItem
from stripe_integrations.actions.invoices import StripeInvoice
from stripe_integrations.actions.meters import StripeMeter
from stripe_integrations.actions.mirrored import *  # noqa: F403 - one line a kind, and no second
from stripe_integrations.actions.payment_intents import StripePaymentIntent
from stripe_integrations.actions.payment_methods import StripePaymentMethod
from stripe_integrations.actions.prices import StripePrice
from stripe_integrations.actions.products import StripeProduct
from stripe_integrations.actions.promotion_codes import StripePromotionCode
from stripe_integrations.actions.refunds import StripeRefund
from stripe_integrations.actions.setup_intents import StripeSetupIntent
from stripe_integrations.actions.sources import StripeBankAccount, StripeCard, StripeSource
from stripe_integrations.actions.subscriptions import StripeSubscription
from stripe_integrations.actions.tax_ids import StripeTaxId
from stripe_integrations.actions.webhooks import StripeWebhook

__all__ = [
    "MIRRORED",
    "StripeAction",
    "StripeBankAccount",
    "StripeCard",
    "StripeCharge",
    "StripeCheckout",
    "StripeCheckoutSession",
    "StripeCoupon",
    "StripeCreditNote",
    "StripeCustomer",
    "StripeEndpoint",
    "StripeEntitlementSummary",
    "StripeEventAction",
    "StripeEventDestination",
    "StripeInvoice",
    "StripeInvoiceItem",
    "StripeMeter",
    "StripePaymentIntent",
    "StripePaymentMethod",
    "StripePrice",
    "StripeProduct",
    "StripePromotionCode",
    "StripeRefund",
    "StripeSetupIntent",
    "StripeSource",
    "StripeSubscription",
    "StripeTaxId",
    "StripeWebhook",
    "find",
]
__all__ += mirrored.__all__

#: The value of an object's `object` attribute -> the action on such objects.
MIRRORED: dict[str, type[StripeAction[Any]]] = {
    name: registered[name] for name in kinds.MIRRORED if name in registered
}
