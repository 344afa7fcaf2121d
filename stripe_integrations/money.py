"""Stripe's integer amounts as decimals."""

from __future__ import annotations

from decimal import Decimal

# https://docs.stripe.com/currencies: amounts of these have no minor unit. UGX and ISK have none
# either, yet Stripe's API states them in hundredths.
ZERO_DECIMAL = frozenset(
    [
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    ]
)
THREE_DECIMAL = frozenset(["bhd", "jod", "kwd", "omr", "tnd"])


def to_decimal(amount: int | Decimal | None, currency: str | None) -> Decimal | None:
    """Return an amount in the currency's unit, 1050 of `usd` as 10.50; None if one is unknown."""
    if amount is None or not currency:
        return None
    currency = currency.lower()
    places = 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2
    exact = Decimal(amount).normalize().scaleb(-places)
    smallest = Decimal(1).scaleb(-places)
    return exact if exact % smallest else exact.quantize(smallest)
