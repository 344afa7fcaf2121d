"""What a linked row is called beside its id."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.text import Truncator

from stripe_integrations import conf
from stripe_integrations.admin.amounts import price_of

#: Columns that name a row, in the order to try.
NAMES = (
    "name",
    "nickname",
    "display_name",
    "business_name",
    "number",
    "code",
    "email",
    "lookup_key",
    "last4",
)
#: Characters that a list has room for.
MAX_LABEL = 40


def has_label(model: Any) -> bool:
    """Tell whether rows of a model have a column that names them."""
    return any(field.name in NAMES for field in model._meta.concrete_fields)


def label(row: models.Model | None) -> str:
    """Return what a row is called, empty if it has no name; a price: Gold, $20.00 / month."""
    if row is None:
        return ""
    called = _name(row)
    if isinstance(row, (conf.model("Price"), conf.model("Plan"))):
        product: Any = row._meta.get_field("product")
        amount = price_of(row)
        # Its lookup key or nickname says the same again, unless there is no amount.
        of_product = _name(product.get_cached_value(row, default=None))
        parts = (of_product or called, amount or (called if of_product else ""))
        called = ", ".join(part for part in parts if part)
    return called


def _name(row: models.Model | None) -> str:
    found = (getattr(row, name, None) for name in NAMES)
    return Truncator(next((str(name) for name in found if name), "")).chars(MAX_LABEL)
