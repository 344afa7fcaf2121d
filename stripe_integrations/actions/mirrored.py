"""The actions of kinds that have no verbs of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stripe_integrations import kinds
from stripe_integrations.actions.base import StripeAction

if TYPE_CHECKING:
    from stripe_integrations.models import (  # noqa: F401 - in quotes below
        Account,
        ActiveEntitlement,
        BalanceTransaction,
        Discount,
        Dispute,
        Feature,
        File,
        InvoiceLineItem,
        InvoicePayment,
        PaymentLink,
        Payout,
        Plan,
        Quote,
        SubscriptionItem,
        SubscriptionSchedule,
        TaxRate,
        Transfer,
        VerificationSession,
    )

__all__ = [
    "StripeAccount",
    "StripeActiveEntitlement",
    "StripeBalanceTransaction",
    "StripeDiscount",
    "StripeDispute",
    "StripeFeature",
    "StripeFile",
    "StripeInvoiceLineItem",
    "StripeInvoicePayment",
    "StripePaymentLink",
    "StripePayout",
    "StripePlan",
    "StripeQuote",
    "StripeSubscriptionItem",
    "StripeSubscriptionSchedule",
    "StripeTaxRate",
    "StripeTransfer",
    "StripeVerificationSession",
]


class StripeAccount(StripeAction["Account"]):
    kind = kinds.ACCOUNT


class StripeActiveEntitlement(StripeAction["ActiveEntitlement"]):
    kind = kinds.ACTIVE_ENTITLEMENT


class StripeBalanceTransaction(StripeAction["BalanceTransaction"]):
    kind = kinds.BALANCE_TRANSACTION


class StripeDiscount(StripeAction["Discount"]):
    kind = kinds.DISCOUNT


class StripeDispute(StripeAction["Dispute"]):
    kind = kinds.DISPUTE


class StripeFeature(StripeAction["Feature"]):
    kind = kinds.FEATURE


class StripeFile(StripeAction["File"]):
    kind = kinds.FILE


class StripeInvoiceLineItem(StripeAction["InvoiceLineItem"]):
    kind = kinds.INVOICE_LINE_ITEM


class StripeInvoicePayment(StripeAction["InvoicePayment"]):
    kind = kinds.INVOICE_PAYMENT


class StripePaymentLink(StripeAction["PaymentLink"]):
    kind = kinds.PAYMENT_LINK


class StripePayout(StripeAction["Payout"]):
    kind = kinds.PAYOUT


class StripePlan(StripeAction["Plan"]):
    kind = kinds.PLAN


class StripeQuote(StripeAction["Quote"]):
    kind = kinds.QUOTE


class StripeSubscriptionItem(StripeAction["SubscriptionItem"]):
    kind = kinds.SUBSCRIPTION_ITEM


class StripeSubscriptionSchedule(StripeAction["SubscriptionSchedule"]):
    kind = kinds.SUBSCRIPTION_SCHEDULE


class StripeTaxRate(StripeAction["TaxRate"]):
    kind = kinds.TAX_RATE


class StripeTransfer(StripeAction["Transfer"]):
    kind = kinds.TRANSFER


class StripeVerificationSession(StripeAction["VerificationSession"]):
    kind = kinds.VERIFICATION_SESSION
