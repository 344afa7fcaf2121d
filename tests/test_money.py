"""Amounts from a currency's unit to minor units; the other way is in `test_models`."""

from decimal import Decimal

import pytest

from stripe_integrations import money


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("10.50", "usd", 1050),
        ("10.5", "USD", 1050),
        ("-0.01", "eur", -1),
        ("500", "jpy", 500),
        ("1.234", "kwd", 1234),
        ("5", "isk", 500),  # Stripe states it in hundredths
        ("1E+3", "usd", 100_000),
        ("123456789012345678901234567890.12", "usd", 12345678901234567890123456789012),
    ],
)
def test_decimal_becomes_minor_units(amount, currency, minor):
    assert money.to_minor(Decimal(amount), currency) == minor


@pytest.mark.parametrize("currency", ["usd", "jpy", None])
def test_int_is_in_minor_units_already(currency):
    assert money.to_minor(1050, currency) == 1050


@pytest.mark.parametrize(
    ("amount", "currency"),
    [
        ("10.505", "usd"),
        ("0.5", "jpy"),
        ("1.2345", "kwd"),
        ("NaN", "usd"),
        ("Infinity", "usd"),
        ("1", None),
        ("1", ""),
    ],
)
def test_decimal_that_is_no_whole_number_of_minor_units_is_refused(amount, currency):
    with pytest.raises(ValueError, match=r"minor units|currency"):
        money.to_minor(Decimal(amount), currency)


@pytest.mark.parametrize("amount", [10.5, "10.50", True, None])
def test_amount_of_another_type_is_refused(amount):
    with pytest.raises(TypeError, match="Pass an int in minor units or a Decimal"):
        money.to_minor(amount, "usd")
