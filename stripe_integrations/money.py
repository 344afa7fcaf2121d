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


def places(currency: str) -> int:
    """Return how many decimals Stripe's amounts of a currency have: 0, 2 or 3."""
    currency = currency.lower()
    return 0 if currency in ZERO_DECIMAL else 3 if currency in THREE_DECIMAL else 2


def to_minor(amount: int | Decimal, currency: str | None) -> int:
    """Return an amount in minor units: 10.50 of `usd` as 1050, and an int, which is in them, as is.

    Raises TypeError for anything but an int or a Decimal, or a currency that is no text, and
    ValueError for a Decimal that is no whole number of minor units or has no currency. Follows https://docs.stripe.com/currencies.
    """
    if isinstance(amount, bool) or not isinstance(amount, int | Decimal):
        raise TypeError(
            "Pass an int in minor units or a Decimal in the currency's unit, "
            f"not an object of type {type(amount).__name__}."
        )
    if isinstance(amount, int):
        return amount
    if not currency:
        raise ValueError("A Decimal needs a currency, which says how many decimals it has.")
    if not isinstance(currency, str):
        raise TypeError(
            "Pass the three letters of the currency, such as 'usd', "
            f"not an object of type {type(currency).__name__}."
        )
    if amount.is_finite():
        numerator, denominator = amount.as_integer_ratio()
        scale: int = 10 ** places(currency)
        minor, rest = divmod(numerator * scale, denominator)
        if not rest:
            return minor
    raise ValueError(f"{amount} {currency} is no whole number of minor units.")


def to_decimal(amount: int | Decimal | None, currency: str | None) -> Decimal | None:
    """Return an amount in the currency's unit, 1050 of `usd` as 10.50; None if one is unknown."""
    if amount is None or not currency:
        return None
    decimals = places(currency)
    exact = Decimal(amount).normalize().scaleb(-decimals)
    smallest = Decimal(1).scaleb(-decimals)
    return exact if exact % smallest else exact.quantize(smallest)
