"""The columns that people look for in a list."""

from __future__ import annotations

from typing import Any

#: What people look for beside the name, in this order. A model's `admin_columns` takes its place.
LOOKED_FOR = (
    *("filename", "email", "user"),
    *("kind", "value", "customer", "product", "price", "coupon", "feature"),
    *("status", "payment_status", "verification_status"),
    *("amount_due", "amount_total", "amount", "unit_amount", "total", "amount_paid", "net"),
    *("subscription", "invoice", "charge", "destination"),
    *("brand", "card_brand", "bank_name", "last4", "charges_enabled", "payouts_enabled"),
    *("active", "valid", "type", "reason", "purpose", "quantity", "percent_off", "amount_off"),
    *("percentage", "lookup_key", "end_behavior", "event_name", "country"),
    *("current_period_end", "due_date", "arrival_date", "end", "expires_at"),
)
#: As many of them as a list has room for.
MAX_LOOKED_FOR = 5


def looked_for(model: Any) -> tuple[str, ...]:
    """Return the names of the columns that a list of a model's rows shows."""
    given: tuple[str, ...] = getattr(model, "admin_columns", ())
    names = {field.name for field in model._meta.concrete_fields}
    return given or tuple(name for name in LOOKED_FOR if name in names)[:MAX_LOOKED_FOR]
