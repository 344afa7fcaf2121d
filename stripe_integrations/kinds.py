"""The kinds of Stripe object: one line each. Data only.

What lists kinds derives from it: which model mirrors an object, which models can be swapped, the
admin, what is verified, where the API and the dashboard have an object. A kind without a model of
its own is mirrored in `StripeObject`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

__all__ = ["GENERIC", "MIRRORED", "Kind", "NestedList", "of"]

#: The model of all kinds that have none of their own.
GENERIC_MODEL = "StripeObject"
#: What can be the value of an `object` attribute.
NAME = re.compile(r"[A-Za-z0-9_.-]+")


@dataclass(frozen=True)
class NestedList:
    """A list inside an object, which may go on beyond its first page."""

    attribute: str
    #: Where the API lists the whole of it; `{id}` in it is the object's id.
    resource: str
    #: The parameter of that which names the object, if any.
    parameter: str = ""
    #: The kind of what is in it, and the link of such a row to the object's row.
    kind: str = ""
    link: str = ""


@dataclass(frozen=True)
class Kind:
    """A kind of Stripe object, and the model that mirrors it."""

    #: The value of the attribute `object`.
    object: str
    #: The model's name, as `conf.model` wants it.
    model: str
    #: Where the API has it: /v1/<resource>/<id>. `{name}` in it is the id in that attribute of the
    #: object; empty where the API has no such resource, or it is not known.
    resource: str = ""
    #: The segments of the dashboard's path; None where it has no page for such objects.
    page: str | None = None
    #: Whether a `*.deleted` event means that the object is gone.
    is_deletable: bool = True
    #: Whether the API finds it only below its customer: /v1/customers/<customer>/<resource>/<id>.
    is_below_customer: bool = False
    #: Whether the API lists it only below its customer: /v1/customers/<customer>/<resource>.
    is_listed_by_customer: bool = False
    #: Whether the API's list can be limited to objects that were created within a time.
    is_listed_by_time: bool = True
    #: What makes the API's list show everything.
    list_params: Mapping[str, str] = field(default_factory=dict)
    nested_lists: tuple[NestedList, ...] = ()
    #: Whether its objects only come in a nested list: read, listed and settled with the owner.
    is_part: bool = False
    #: Attributes that the API only shows if asked to.
    include: tuple[str, ...] = ()
    #: Attributes that the API only shows if they are expanded, and the API version since which it
    #: has them. Events never carry them.
    expand: Mapping[str, str] = field(default_factory=dict)
    #: What tells its objects, and their rows, from those of the other kinds in its API and table.
    filters: Mapping[str, str] = field(default_factory=dict)
    #: Attributes that are never stored.
    secrets: frozenset[str] = frozenset()
    #: Attributes with what is found out about a person: stored, and asked for, only if the setting
    #: `KEEP_PERSONAL_DATA` names the kind.
    personal: frozenset[str] = frozenset()
    #: For objects without an id: the attribute with the customer, whose id stands for it. The API
    #: has the list of such an object, and not the object.
    identified_by: str = ""

    @property
    def is_listed(self) -> bool:
        """Whether the API lists all of them."""
        return self.is_readable and not self.is_part

    @property
    def is_readable(self) -> bool:
        """Whether the API is known to tell the state of one such object."""
        return bool(self.resource or self.identified_by)


BANK_ACCOUNT = Kind(
    "bank_account",
    "BankAccount",
    "sources",
    is_below_customer=True,
    is_listed_by_customer=True,
    list_params={"object": "bank_account"},
)
CARD = Kind(
    "card",
    "Card",
    "sources",
    is_below_customer=True,
    is_listed_by_customer=True,
    list_params={"object": "card"},
)
COUPON = Kind("coupon", "Coupon", "coupons", page="coupons")
CUSTOMER = Kind("customer", "Customer", "customers", page="customers")
PRICE = Kind("price", "Price", "prices", page="prices")
PRODUCT = Kind("product", "Product", "products", page="products")
SOURCE = Kind(
    "source",
    "Source",
    "sources",
    is_below_customer=True,
    is_listed_by_customer=True,
    list_params={"object": "source"},
    secrets=frozenset({"client_secret"}),
)
SUBSCRIPTION = Kind(
    "subscription",
    "Subscription",
    "subscriptions",
    page="subscriptions",
    is_deletable=False,  # customer.subscription.deleted is a cancellation
    list_params={"status": "all"},  # else what is canceled is left out
    nested_lists=(
        NestedList(
            "items",
            "subscription_items",
            parameter="subscription",
            kind="subscription_item",
            link="subscription",
        ),
    ),
)

# Billing
ACTIVE_ENTITLEMENT = Kind(
    "entitlements.active_entitlement",
    "ActiveEntitlement",
    "entitlements/active_entitlements",
    is_part=True,
)
CREDIT_NOTE = Kind("credit_note", "CreditNote", "credit_notes", page="credit_notes")
DISCOUNT = Kind("discount", "Discount")
FEATURE = Kind("entitlements.feature", "Feature", "entitlements/features", is_listed_by_time=False)
INVOICE = Kind(
    "invoice",
    "Invoice",
    "invoices",
    page="invoices",
    nested_lists=(
        NestedList("lines", "invoices/{id}/lines", kind="line_item", link="invoice"),
        NestedList(
            "payments",
            "invoice_payments",
            parameter="invoice",
            kind="invoice_payment",
            link="invoice",
        ),
    ),
    expand={"payments": "2025-03-31"},
)
INVOICE_ITEM = Kind("invoiceitem", "InvoiceItem", "invoiceitems")
INVOICE_LINE_ITEM = Kind("line_item", "InvoiceLineItem", is_part=True)
INVOICE_PAYMENT = Kind(
    "invoice_payment", "InvoicePayment", "invoice_payments", is_listed_by_time=False
)
METER = Kind("billing.meter", "Meter", "billing/meters", is_listed_by_time=False)
PLAN = Kind("plan", "Plan", "plans", page="plans")
PROMOTION_CODE = Kind("promotion_code", "PromotionCode", "promotion_codes", page="promotion_codes")
QUOTE = Kind("quote", "Quote", "quotes", page="quotes", is_listed_by_time=False)
SUBSCRIPTION_ITEM = Kind(
    "subscription_item", "SubscriptionItem", "subscription_items", is_part=True
)
SUBSCRIPTION_SCHEDULE = Kind(
    "subscription_schedule",
    "SubscriptionSchedule",
    "subscription_schedules",
    page="subscription_schedules",
)
# The list of all that has no customer would be that of our own account.
TAX_ID = Kind("tax_id", "TaxId", "tax_ids", is_listed_by_customer=True)
TAX_RATE = Kind("tax_rate", "TaxRate", "tax_rates", page="tax-rates")

# Payments
ACCOUNT = Kind("account", "Account", "accounts", page="connect/accounts")
BALANCE_TRANSACTION = Kind("balance_transaction", "BalanceTransaction", "balance_transactions")
CHARGE = Kind("charge", "Charge", "charges", page="payments")
CHECKOUT_SESSION = Kind(
    "checkout.session",
    "CheckoutSession",
    "checkout/sessions",
    secrets=frozenset({"client_secret"}),
)
DISPUTE = Kind("dispute", "Dispute", "disputes", page="disputes")
FILE = Kind("file", "File", "files")
PAYMENT_INTENT = Kind(
    "payment_intent",
    "PaymentIntent",
    "payment_intents",
    page="payments",
    secrets=frozenset({"client_secret"}),
)
PAYMENT_LINK = Kind(
    "payment_link",
    "PaymentLink",
    "payment_links",
    page="payment-links",
    is_listed_by_time=False,
)
PAYMENT_METHOD = Kind(
    "payment_method", "PaymentMethod", "payment_methods", is_listed_by_customer=True
)
PAYOUT = Kind("payout", "Payout", "payouts", page="payouts")
REFUND = Kind("refund", "Refund", "refunds")
SETUP_INTENT = Kind(
    "setup_intent",
    "SetupIntent",
    "setup_intents",
    page="setup_intents",
    secrets=frozenset({"client_secret"}),
)
TRANSFER = Kind("transfer", "Transfer", "transfers", page="connect/transfers")
VERIFICATION_SESSION = Kind(
    "identity.verification_session",
    "VerificationSession",
    "identity/verification_sessions",
    page="identity/verification-sessions",
    # What lets anybody go on with the verification.
    secrets=frozenset({"client_secret", "url"}),
    personal=frozenset(
        {"last_verification_report", "provided_details", "related_person", "verified_outputs"}
    ),
)

#: The kinds with a model of their own, by their value of `object`.
MIRRORED: dict[str, Kind] = {
    kind.object: kind
    for kind in (
        ACCOUNT,
        ACTIVE_ENTITLEMENT,
        BALANCE_TRANSACTION,
        BANK_ACCOUNT,
        CARD,
        CHARGE,
        CHECKOUT_SESSION,
        COUPON,
        CREDIT_NOTE,
        CUSTOMER,
        DISCOUNT,
        DISPUTE,
        FEATURE,
        FILE,
        INVOICE,
        INVOICE_ITEM,
        INVOICE_LINE_ITEM,
        INVOICE_PAYMENT,
        METER,
        PAYMENT_INTENT,
        PAYMENT_LINK,
        PAYMENT_METHOD,
        PAYOUT,
        PLAN,
        PRICE,
        PRODUCT,
        PROMOTION_CODE,
        QUOTE,
        REFUND,
        SETUP_INTENT,
        SOURCE,
        SUBSCRIPTION,
        SUBSCRIPTION_ITEM,
        SUBSCRIPTION_SCHEDULE,
        TAX_ID,
        TAX_RATE,
        TRANSFER,
        VERIFICATION_SESSION,
    )
}

#: Other kinds that the API finds by an id, by their value of `object`.
GENERIC: dict[str, Kind] = {
    name: Kind(name, GENERIC_MODEL, resource)
    for name, resource in (
        ("apple_pay_domain", "apple_pay/domains"),
        ("application_fee", "application_fees"),
        ("apps.install", "apps/installs"),
        ("billing.alert", "billing/alerts"),
        ("billing.credit_balance_transaction", "billing/credit_balance_transactions"),
        ("billing.credit_grant", "billing/credit_grants"),
        ("billing.feedback_option", "billing/feedback_options"),
        ("billing_portal.configuration", "billing_portal/configurations"),
        ("capability", "accounts/{account}/capabilities"),
        ("climate.order", "climate/orders"),
        ("climate.product", "climate/products"),
        ("climate.supplier", "climate/suppliers"),
        ("confirmation_token", "confirmation_tokens"),
        ("country_spec", "country_specs"),
        ("customer_balance_transaction", "customers/{customer}/balance_transactions"),
        ("customer_cash_balance_transaction", "customers/{customer}/cash_balance_transactions"),
        ("fee_refund", "application_fees/{fee}/refunds"),
        ("file_link", "file_links"),
        ("financial_connections.account", "financial_connections/accounts"),
        ("financial_connections.session", "financial_connections/sessions"),
        ("financial_connections.transaction", "financial_connections/transactions"),
        ("forwarding.request", "forwarding/requests"),
        ("invoice_rendering_template", "invoice_rendering_templates"),
        ("issuing.authorization", "issuing/authorizations"),
        ("issuing.card", "issuing/cards"),
        ("issuing.cardholder", "issuing/cardholders"),
        ("issuing.dispute", "issuing/disputes"),
        ("issuing.personalization_design", "issuing/personalization_designs"),
        ("issuing.physical_bundle", "issuing/physical_bundles"),
        ("issuing.token", "issuing/tokens"),
        ("issuing.transaction", "issuing/transactions"),
        ("mandate", "mandates"),
        ("payment_attempt_record", "payment_attempt_records"),
        ("payment_method_configuration", "payment_method_configurations"),
        ("payment_method_domain", "payment_method_domains"),
        ("payment_record", "payment_records"),
        ("person", "accounts/{account}/persons"),
        ("product_catalog.trial_offer", "product_catalog/trial_offers"),
        ("radar.early_fraud_warning", "radar/early_fraud_warnings"),
        ("radar.value_list", "radar/value_lists"),
        ("radar.value_list_item", "radar/value_list_items"),
        ("reporting.report_run", "reporting/report_runs"),
        ("reporting.report_type", "reporting/report_types"),
        ("review", "reviews"),
        ("scheduled_query_run", "sigma/scheduled_query_runs"),
        ("shipping_rate", "shipping_rates"),
        ("tax.calculation", "tax/calculations"),
        ("tax.registration", "tax/registrations"),
        ("tax.transaction", "tax/transactions"),
        ("tax_code", "tax_codes"),
        ("terminal.configuration", "terminal/configurations"),
        ("terminal.location", "terminal/locations"),
        ("terminal.reader", "terminal/readers"),
        ("test_helpers.test_clock", "test_helpers/test_clocks"),
        ("three_d_secure.authentication", "three_d_secure/authentications"),
        ("topup", "topups"),
        ("transfer_reversal", "transfers/{transfer}/reversals"),
        ("treasury.credit_reversal", "treasury/credit_reversals"),
        ("treasury.debit_reversal", "treasury/debit_reversals"),
        ("treasury.financial_account", "treasury/financial_accounts"),
        ("treasury.inbound_transfer", "treasury/inbound_transfers"),
        ("treasury.outbound_payment", "treasury/outbound_payments"),
        ("treasury.outbound_transfer", "treasury/outbound_transfers"),
        ("treasury.received_credit", "treasury/received_credits"),
        ("treasury.received_debit", "treasury/received_debits"),
        ("treasury.transaction", "treasury/transactions"),
        ("treasury.transaction_entry", "treasury/transaction_entries"),
        ("v2.commerce.product_catalog_import", "v2/commerce/product_catalog/imports"),
        ("v2.core.account_person", "v2/core/accounts/{account}/persons"),
        ("v2.money_management.adjustment", "v2/money_management/adjustments"),
        ("v2.money_management.financial_account", "v2/money_management/financial_accounts"),
        ("v2.money_management.financial_address", "v2/money_management/financial_addresses"),
        ("v2.money_management.inbound_transfer", "v2/money_management/inbound_transfers"),
        ("v2.money_management.outbound_payment", "v2/money_management/outbound_payments"),
        ("v2.money_management.payout_intent", "v2/money_management/payout_intents"),
        ("v2.money_management.payout_method", "v2/money_management/payout_methods"),
        ("v2.money_management.received_credit", "v2/money_management/received_credits"),
        (
            "v2.money_management.recipient_verification",
            "v2/money_management/recipient_verifications",
        ),
        ("v2.money_management.transaction", "v2/money_management/transactions"),
    )
}

#: An account of the second API, which tells little of it unless asked to. Follows
#: https://docs.stripe.com/api/v2/core/accounts/retrieve.
V2_ACCOUNT = Kind(
    "v2.core.account",
    GENERIC_MODEL,
    "v2/core/accounts",
    include=(
        "configuration.customer",
        "configuration.merchant",
        "configuration.recipient",
        "defaults",
        "future_requirements",
        "identity",
        "requirements",
    ),
    personal=frozenset({"identity"}),
)
GENERIC[V2_ACCOUNT.object] = V2_ACCOUNT

#: A customer's whole set of entitlements.
ENTITLEMENT_SUMMARY = Kind(
    "entitlements.active_entitlement_summary",
    GENERIC_MODEL,
    identified_by="customer",
    nested_lists=(
        NestedList(
            "entitlements",
            "entitlements/active_entitlements",
            parameter="customer",
            kind="entitlements.active_entitlement",
            link="customer",
        ),
    ),
)
GENERIC[ENTITLEMENT_SUMMARY.object] = ENTITLEMENT_SUMMARY

#: Ours to manage, and brought up to date by the actions alone.
WEBHOOK_ENDPOINT = Kind(
    "webhook_endpoint",
    "WebhookEndpoint",
    "webhook_endpoints",
    page="webhooks",
    filters={"event_payload": "snapshot"},
    secrets=frozenset({"secret"}),
)
EVENT_DESTINATION = Kind(
    "v2.core.event_destination",
    "WebhookEndpoint",
    "v2/core/event_destinations",
    page="webhooks",
    include=("webhook_endpoint.url",),
    filters={"event_payload": "thin"},
)


@lru_cache(maxsize=1000)
def of(object_name: str) -> Kind | None:
    """Return the kind of the objects with this `object` attribute; None for what names no kind.

    Any name will do: Stripe has kinds that are not listed here, and makes new ones.
    """
    known = MIRRORED.get(object_name) or GENERIC.get(object_name)
    if known is not None:
        return known
    return Kind(object_name, GENERIC_MODEL) if NAME.fullmatch(object_name) else None
