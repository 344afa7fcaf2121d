"""What `stripe-integrations` 0.0.1 stores: the columns of its base models, as Stripe's attributes.

It has abstract models only: the tables are the project's own, and found by their columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from stripe_integrations import kinds
from stripe_integrations.kinds import Kind
from stripe_integrations.operations import foreign_tables
from stripe_integrations.operations.foreign_tables import ForeignTable, Row

#: Columns of each of its models.
SHARED = {"id", "stripe_id", "livemode", "metadata", "created_at", "modified_at"}
PURGED = "date_purged"


@dataclass(frozen=True)
class UpstreamModel:
    """A base model: the columns that tell its tables, and all that hold attributes of Stripe's."""

    kind: Kind
    marks: frozenset[str]
    columns: tuple[str, ...]
    #: Attributes that are foreign keys: their models.
    links: tuple[tuple[str, str], ...] = ()


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _model(kind: Kind, marks: str, columns: str, **links: str) -> UpstreamModel:
    found = tuple(columns.split())
    return UpstreamModel(kind, _names(marks), found, tuple(links.items()))


MODELS = (
    _model(
        kinds.CUSTOMER,
        "delinquent invoice_settings tax_exempt",
        "name description email address balance currency delinquent default_source shipping "
        "tax_exempt preferred_locales invoice_prefix invoice_settings",
    ),
    _model(
        kinds.PRODUCT,
        "package_dimensions shippable unit_label",
        "active description name statement_descriptor tax_code unit_label images shippable "
        "package_dimensions url created updated",
    ),
    _model(
        kinds.PRICE,
        "billing_scheme tiers_mode unit_amount",
        "active currency nickname recurring type custom_unit_amount unit_amount "
        "unit_amount_decimal billing_scheme tax_behavior tiers tiers_mode transform_quantity "
        "lookup_key created",
        product="product",
    ),
    _model(
        kinds.COUPON,
        "duration_in_months percent_off times_redeemed",
        "name applies_to amount_off currency duration duration_in_months max_redemptions "
        "percent_off redeem_by times_redeemed valid",
    ),
    _model(
        kinds.CARD,
        "dynamic_last4 exp_month fingerprint",
        "name address_line_1 address_line_1_check address_line_2 address_city address_state "
        "address_country address_zip address_zip_check brand country cvc_check dynamic_last4 "
        "tokenization_method exp_month exp_year funding last4 fingerprint",
        customer="customer",
    ),
    _model(
        kinds.SUBSCRIPTION,
        "billing_cycle_anchor collection_method latest_invoice",
        "items application_fee_percent automatic_tax billing_cycle_anchor billing_thresholds "
        "cancel_at cancel_at_period_end canceled_at cancellation_details collection_method "
        "current_period_end current_period_start days_until_due default_payment_method "
        "default_source default_tax_rates discount ended_at next_pending_invoice_item_invoice "
        "pause_collection pending_invoice_item_interval pending_setup_intent pending_update "
        "quantity start_date status trial_end trial_start trial_settings latest_invoice",
        customer="customer",
    ),
)
EVENT_MARKS = {"kind", "processed", "validated_message", "webhook_message"}

JSON = _names(
    "address applies_to automatic_tax billing_thresholds cancellation_details "
    "custom_unit_amount default_tax_rates discount images invoice_settings items metadata "
    "package_dimensions pause_collection pending_invoice_item_interval pending_update "
    "preferred_locales recurring shipping tiers transform_quantity trial_settings"
)
TIMES = _names(
    "billing_cycle_anchor cancel_at canceled_at current_period_end current_period_start "
    "ended_at next_pending_invoice_item_invoice redeem_by start_date trial_end trial_start"
)
FLAGS = _names("active cancel_at_period_end delinquent livemode shippable valid")
#: Stored in the unit of the currency; Stripe has them in the smallest one.
AMOUNTS = frozenset({"amount_off", "balance"})
#: The currencies that upstream takes for having no smaller unit.
NO_MINOR_UNIT = _names("bif clp djf gnf jpy kmf krw mga pyg rwf vuv xaf xof xpf")


def of_model(model: UpstreamModel, tables: list[ForeignTable]) -> list[ForeignTable]:
    """Return the tables that are of a model."""
    return [each for each in tables if model.marks | SHARED <= each.columns]


def stated_attributes(model: UpstreamModel, row: Row) -> dict[str, Any]:
    """Return a row as an object of Stripe's, as far as its columns tell."""
    data = {"id": row["stripe_id"], "object": model.kind.object}
    for name in ("livemode", "metadata", *model.columns):
        data[name.replace("line_", "line")] = _value(name, row)
    return data


def _value(name: str, row: Row) -> Any:
    value = row[name]
    if value in (None, ""):  # null was stored as an empty text
        return None
    if name in JSON:
        return foreign_tables.from_json(value)
    if name in TIMES:
        return foreign_tables.seconds(value)
    if name in FLAGS:
        return bool(value)
    if name in AMOUNTS:
        has_minor = str(row.get("currency")).lower() not in NO_MINOR_UNIT
        return int(Decimal(str(value)) * (100 if has_minor else 1))
    if name == "unit_amount_decimal":
        return f"{Decimal(str(value)).normalize():f}"
    return float(value) if isinstance(value, Decimal) else value
