"""Amounts and prices as text, with the symbols of the usual currencies."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format

from stripe_integrations.templatetags.stripe import with_interval

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel

#: No two currencies have the same symbol; the others are shown by their code.
SYMBOLS = {
    "aud": "A$",
    "brl": "R$",
    "cad": "CA$",
    "cny": "CN¥",
    "eur": "€",
    "gbp": "£",
    "hkd": "HK$",
    "ils": "₪",
    "inr": "₹",
    "jpy": "¥",
    "krw": "₩",
    "mxn": "MX$",
    "nzd": "NZ$",
    "php": "₱",
    "usd": "$",
    "vnd": "₫",
}


def with_symbol(amount: Decimal, currency: str) -> str:
    """Return an amount in the currency's unit with its symbol, $10.50, or its code, 10.50 CHF."""
    number = number_format(abs(amount), force_grouping=True)
    sign = "-" if amount < 0 else ""
    symbol = SYMBOLS.get(currency.lower())
    return f"{sign}{symbol}{number}" if symbol else f"{sign}{number} {currency.upper()}"


def with_code(amount: Decimal, currency: str) -> str:
    """Return an amount in the currency's unit with symbol and code: $10.50 USD, 10.50 CHF."""
    text = with_symbol(amount, currency)
    return f"{text} {currency.upper()}" if currency.lower() in SYMBOLS else text


def price_of(price: Any) -> str:
    """Return amount and interval of a price or plan, $20.00 / 3 months; empty if it has none."""
    amount = _first(price, "unit_amount_money", "amount_money")
    if amount is None or not price.currency:
        return ""
    text = with_symbol(amount, price.currency)
    unit = _first(price, "recurring_interval", "interval")
    return with_interval(text, unit, _first(price, "recurring_interval_count", "interval_count"))


def _first(row: StripeModel, *names: str) -> Any:
    found = (getattr(row, name, None) for name in names)
    return next((value for value in found if value is not None), None)
