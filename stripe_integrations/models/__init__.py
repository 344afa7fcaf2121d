"""The mirrors and the inbox; each mirror and Event is swappable."""

from stripe_integrations.choices import EventStatus, ValidationMethod
from stripe_integrations.models.accounts import Account, StripeBaseAccount
from stripe_integrations.models.balance import (
    BalanceTransaction,
    Payout,
    StripeBaseBalanceTransaction,
    StripeBasePayout,
    StripeBaseTransfer,
    Transfer,
)
from stripe_integrations.models.base import StripeModel, StripeQuerySet
from stripe_integrations.models.charges import (
    Charge,
    Dispute,
    Refund,
    StripeBaseCharge,
    StripeBaseDispute,
    StripeBaseRefund,
)
from stripe_integrations.models.checkout import (
    CheckoutSession,
    PaymentLink,
    StripeBaseCheckoutSession,
    StripeBasePaymentLink,
)
from stripe_integrations.models.coupons import Coupon, StripeBaseCoupon
from stripe_integrations.models.credit_notes import CreditNote, StripeBaseCreditNote
from stripe_integrations.models.cursors import EventCursor
from stripe_integrations.models.customers import Customer, StripeBaseCustomer
from stripe_integrations.models.discounts import (
    Discount,
    PromotionCode,
    StripeBaseDiscount,
    StripeBasePromotionCode,
)
from stripe_integrations.models.endpoints import WebhookEndpoint, WebhookSecret
from stripe_integrations.models.entitlements import (
    ActiveEntitlement,
    Feature,
    StripeBaseActiveEntitlement,
    StripeBaseFeature,
)
from stripe_integrations.models.events import Event, StripeBaseEvent
from stripe_integrations.models.fields import StripeIdField, StripeLink
from stripe_integrations.models.files import File, StripeBaseFile
from stripe_integrations.models.health_counts import HealthCount
from stripe_integrations.models.identity import StripeBaseVerificationSession, VerificationSession
from stripe_integrations.models.intents import (
    PaymentIntent,
    SetupIntent,
    StripeBasePaymentIntent,
    StripeBaseSetupIntent,
)
from stripe_integrations.models.invoice_items import InvoiceItem, StripeBaseInvoiceItem
from stripe_integrations.models.invoice_lines import InvoiceLineItem, StripeBaseInvoiceLineItem
from stripe_integrations.models.invoice_payments import InvoicePayment, StripeBaseInvoicePayment
from stripe_integrations.models.invoices import Invoice, StripeBaseInvoice
from stripe_integrations.models.meters import Meter, StripeBaseMeter
from stripe_integrations.models.objects import StripeBaseObject, StripeObject
from stripe_integrations.models.payment_methods import PaymentMethod, StripeBasePaymentMethod
from stripe_integrations.models.plans import Plan, StripeBasePlan
from stripe_integrations.models.prices import Price, StripeBasePrice
from stripe_integrations.models.products import Product, StripeBaseProduct
from stripe_integrations.models.quotes import Quote, StripeBaseQuote
from stripe_integrations.models.sources import (
    BankAccount,
    Card,
    Source,
    StripeBaseBankAccount,
    StripeBaseCard,
    StripeBaseSource,
)
from stripe_integrations.models.subscription_items import (
    StripeBaseSubscriptionItem,
    SubscriptionItem,
)
from stripe_integrations.models.subscription_schedules import (
    StripeBaseSubscriptionSchedule,
    SubscriptionSchedule,
)
from stripe_integrations.models.subscriptions import StripeBaseSubscription, Subscription
from stripe_integrations.models.sync_windows import ApiPace, SyncWindow
from stripe_integrations.models.tax import StripeBaseTaxId, StripeBaseTaxRate, TaxId, TaxRate
from stripe_integrations.models.triggers import RefusedCount, WebhookEventTrigger

__all__ = [
    "Account",
    "ActiveEntitlement",
    "ApiPace",
    "BalanceTransaction",
    "BankAccount",
    "Card",
    "Charge",
    "CheckoutSession",
    "Coupon",
    "CreditNote",
    "Customer",
    "Discount",
    "Dispute",
    "Event",
    "EventCursor",
    "EventStatus",
    "Feature",
    "File",
    "HealthCount",
    "Invoice",
    "InvoiceItem",
    "InvoiceLineItem",
    "InvoicePayment",
    "Meter",
    "PaymentIntent",
    "PaymentLink",
    "PaymentMethod",
    "Payout",
    "Plan",
    "Price",
    "Product",
    "PromotionCode",
    "Quote",
    "Refund",
    "RefusedCount",
    "SetupIntent",
    "Source",
    "StripeBaseAccount",
    "StripeBaseActiveEntitlement",
    "StripeBaseBalanceTransaction",
    "StripeBaseBankAccount",
    "StripeBaseCard",
    "StripeBaseCharge",
    "StripeBaseCheckoutSession",
    "StripeBaseCoupon",
    "StripeBaseCreditNote",
    "StripeBaseCustomer",
    "StripeBaseDiscount",
    "StripeBaseDispute",
    "StripeBaseEvent",
    "StripeBaseFeature",
    "StripeBaseFile",
    "StripeBaseInvoice",
    "StripeBaseInvoiceItem",
    "StripeBaseInvoiceLineItem",
    "StripeBaseInvoicePayment",
    "StripeBaseMeter",
    "StripeBaseObject",
    "StripeBasePaymentIntent",
    "StripeBasePaymentLink",
    "StripeBasePaymentMethod",
    "StripeBasePayout",
    "StripeBasePlan",
    "StripeBasePrice",
    "StripeBaseProduct",
    "StripeBasePromotionCode",
    "StripeBaseQuote",
    "StripeBaseRefund",
    "StripeBaseSetupIntent",
    "StripeBaseSource",
    "StripeBaseSubscription",
    "StripeBaseSubscriptionItem",
    "StripeBaseSubscriptionSchedule",
    "StripeBaseTaxId",
    "StripeBaseTaxRate",
    "StripeBaseTransfer",
    "StripeBaseVerificationSession",
    "StripeIdField",
    "StripeLink",
    "StripeModel",
    "StripeObject",
    "StripeQuerySet",
    "Subscription",
    "SubscriptionItem",
    "SubscriptionSchedule",
    "SyncWindow",
    "TaxId",
    "TaxRate",
    "Transfer",
    "ValidationMethod",
    "VerificationSession",
    "WebhookEndpoint",
    "WebhookEventTrigger",
    "WebhookSecret",
]
