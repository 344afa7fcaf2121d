"""The parameters that routes of Stripe's API take; it refuses others, and asks for those it needs.

The names are those of the API of 2026-10-28, as the `stripe` package types them.
"""

from __future__ import annotations

from typing import Any

from stripe_integrations.testing.fake_stripe.port import Refused

OF_SUBSCRIPTION = """
    add_invoice_items application_fee_percent automatic_tax billing_cycle_anchor billing_schedules
    billing_thresholds cancel_at cancel_at_period_end collection_method days_until_due
    default_payment_method default_source default_tax_rates description discounts expand
    invoice_settings items metadata off_session on_behalf_of payment_behavior payment_settings
    pending_invoice_item_interval proration_behavior transfer_data trial_end trial_from_plan
    trial_settings
"""
OF_CUSTOMER = """
    address balance business_name cash_balance default_source description email expand
    individual_name invoice_prefix invoice_settings metadata name next_invoice_sequence phone
    preferred_locales shipping source tax tax_exempt validate
"""
#: Route -> the parameters that it takes, and those among them that it needs.
TAKEN: dict[str, tuple[str, str]] = {
    "customers": (f"{OF_CUSTOMER} id payment_method tax_id_data test_clock", ""),
    "customers/{id}": (OF_CUSTOMER, ""),
    "customers/{id}/balance_transactions": (
        "amount currency description expand metadata",
        "amount currency",
    ),
    "customers/{id}/tax_ids": ("type value expand", "type value"),
    "billing_portal/sessions": (
        """after_expiration configuration customer customer_account expand flow_data locale
        on_behalf_of return_url""",
        "customer",
    ),
    "checkout/sessions": (
        """adaptive_pricing after_expiration allow_promotion_codes automatic_tax
        billing_address_collection branding_settings cancel_url client_reference_id
        consent_collection currency custom_fields custom_text customer customer_account
        customer_creation customer_email customer_update discounts expand expires_at
        invoice_creation line_items locale metadata mode optional_items origin_context
        payment_intent_data payment_method_collection payment_method_configuration
        payment_method_data payment_method_options payment_method_types permissions
        phone_number_collection redirect_on_completion return_url saved_payment_method_options
        setup_intent_data shipping_address_collection shipping_options submit_type
        subscription_data success_url tax_id_collection ui_mode wallet_options""",
        "",
    ),
    "checkout/sessions/{id}/expire": ("expand", ""),
    "subscriptions": (
        f"""{OF_SUBSCRIPTION} backdate_start_date billing_cycle_anchor_config billing_mode currency
        customer customer_account trial_period_days""",
        "customer items",
    ),
    "subscriptions/{id}": (
        f"{OF_SUBSCRIPTION} cancellation_details pause_collection proration_date",
        "",
    ),
    "subscriptions/{id}/resume": (
        "billing_cycle_anchor expand payment_behavior proration_behavior proration_date",
        "",
    ),
    "invoices/create_preview": (
        """automatic_tax currency customer customer_account customer_details discounts expand
        invoice_items issuer on_behalf_of preview_mode schedule schedule_details subscription
        subscription_details""",
        "",
    ),
}
#: Those of DELETE requests.
TAKEN_BY_DELETE = {
    "customers/{id}": "",
    "subscriptions/{id}": "cancellation_details expand invoice_now prorate",
    "tax_ids/{id}": "",
}


def check_names(route: str, params: dict[str, Any], *, deletes: bool = False) -> None:
    """Refuse the request if Stripe would, for the names of its parameters."""
    taken, needed = (TAKEN_BY_DELETE[route], "") if deletes else TAKEN[route]
    unknown = [name for name in params if name not in taken.split()]
    if unknown:
        raise Refused(400, f"Received unknown parameter: {unknown[0]}", code="parameter_unknown")
    missing = [name for name in needed.split() if params.get(name) is None]
    if missing:
        raise Refused(400, f"Missing required param: {missing[0]}.", code="parameter_missing")


def check_choice(name: str, value: Any, choices: str) -> None:
    """Refuse a value that is none of the choices; None is not given."""
    if value is not None and value not in choices.split():
        raise Refused(400, f"Invalid {name}: must be one of {', '.join(choices.split())}")


def check_url(name: str, value: Any) -> None:
    """Refuse what is no address."""
    if not str(value).startswith(("https://", "http://")):
        raise Refused(400, f"Not a valid URL: {name}", code="url_invalid")
