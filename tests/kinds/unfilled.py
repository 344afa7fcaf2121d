"""Columns that no example object of Stripe's fills, with the reason; by the value of `object`."""

#: The attribute is there, and null or empty in each example; held by the test.
NULL = "null in each example"

NO_CREATED = "Stripe sends no `created` with it"


def null(*columns):
    return dict.fromkeys(columns, NULL)


UNFILLED = {
    "bank_account": {"created": NO_CREATED, **null("customer")},
    "card": {"created": NO_CREATED, **null("customer")},
    "coupon": null("amount_off", "max_redemptions"),
    "customer": null("default_payment_method", "default_source", "email", "name", "phone"),
    "price": null("lookup_key", "nickname"),
    "product": null("tax_code", "unit_label", "url"),
    "source": {"customer": "sent only once it is attached", **null("amount")},
    "subscription": null("default_payment_method", "discount", "latest_invoice", "schedule"),
    # Billing
    "billing.meter": null("deactivated_at", "event_time_window"),
    "credit_note": null("memo", "out_of_band_amount", "reason"),
    "discount": {
        "created": NO_CREATED,
        **null(
            "checkout_session",
            "invoice",
            "invoice_item",
            "promotion_code",
            "subscription",
            "subscription_item",
        ),
    },
    "entitlements.active_entitlement": {
        "created": NO_CREATED,
        "customer": "sent with the customer's whole set, the summary",
    },
    "entitlements.feature": {"created": NO_CREATED},
    "invoice": null(
        "application_fee_amount",
        "charge",
        "customer_email",
        "customer_name",
        "default_payment_method",
        "description",
        "discount",
        "ending_balance",
        "finalized_at",
        "hosted_invoice_url",
        "invoice_pdf",
        "marked_uncollectible_at",
        "number",
        "paid_at",
        "payment_intent",
        "tax",
        "voided_at",
    ),
    "invoice_payment": {
        "charge": "only the type of the payment is given; filled in tests/test_members.py",
        "payment_intent": "only the type of the payment is given; filled in tests/test_members.py",
        **null("amount_paid", "canceled_at", "paid_at"),
    },
    "invoiceitem": null("invoice"),
    "line_item": {"created": NO_CREATED},
    "plan": null("meter", "nickname", "trial_period_days"),
    "promotion_code": null(
        "customer", "max_redemptions", "minimum_amount", "minimum_amount_currency"
    ),
    "quote": null(
        "accepted_at",
        "canceled_at",
        "description",
        "finalized_at",
        "invoice",
        "number",
        "subscription",
        "subscription_schedule",
    ),
    "subscription_schedule": null("released_subscription", "subscription"),
    "tax_rate": null("effective_percentage", "state"),
    # Payments
    "account": null("business_name", "business_type", "display_name"),
    "balance_transaction": null("exchange_rate"),
    "charge": {
        "outcome_risk_level": "sent only where Radar has judged the charge",
        "transfer": "sent only of charges with a destination",
        **null(
            "application_fee_amount",
            "customer",
            "failure_code",
            "failure_message",
            "invoice",
            "on_behalf_of",
            "payment_intent",
            "receipt_email",
            "receipt_number",
            "statement_descriptor",
            "transfer_group",
        ),
    },
    "checkout.session": null(
        "amount_shipping",
        "amount_subtotal",
        "amount_total",
        "client_reference_id",
        "currency",
        "customer",
        "customer_name",
        "invoice",
        "payment_link",
        "setup_intent",
        "subscription",
    ),
    "dispute": null("payment_intent"),
    "file": null("title"),
    "identity.verification_session": null("client_reference_id", "customer", "last_error_code"),
    "payment_intent": {
        "last_payment_error_code": "sent only with an error that has one",
        "last_payment_error_message": "sent only with an error that has one",
        **null(
            "application_fee_amount",
            "cancellation_reason",
            "customer",
            "description",
            "invoice",
            "latest_charge",
            "on_behalf_of",
            "payment_method",
            "receipt_email",
            "setup_future_usage",
            "statement_descriptor",
            "transfer_group",
        ),
    },
    "payment_link": {
        "created": NO_CREATED,
        **null("application_fee_amount", "application_fee_percent", "on_behalf_of"),
    },
    "payment_method": null("billing_details_name", "customer"),
    "payout": null(
        "failure_balance_transaction",
        "failure_code",
        "failure_message",
        "original_payout",
        "reversed_by",
        "statement_descriptor",
        "trace_id",
    ),
    "refund": {
        "failure_reason": "sent only of refunds that have failed",
        **null("balance_transaction", "payment_intent", "reason", "receipt_number"),
    },
    "setup_intent": {
        "last_setup_error_code": "sent only with an error that has one",
        "last_setup_error_message": "sent only with an error that has one",
        **null(
            "cancellation_reason",
            "customer",
            "description",
            "latest_attempt",
            "mandate",
            "on_behalf_of",
            "payment_method",
        ),
    },
    "transfer": null("description", "source_transaction", "transfer_group"),
}
