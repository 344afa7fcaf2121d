"""How an amount looks in a language, by the library babel: the extra `money`."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import get_language, to_locale

from stripe_integrations.money import to_decimal

try:
    from babel import Locale, UnknownLocaleError, numbers
except ImportError as error:
    raise ImportError(
        'format_money needs babel: pip install "stripe-integrations[money]".'
    ) from error

__all__ = ["format_money"]

#: The locale where Django's active language is none that babel knows.
FALLBACK = "en"


def format_money(
    amount: int | Decimal | None, currency: str | None, locale: str | None = None
) -> str | None:
    """Return an amount in minor units as a locale writes it, 1050 of `usd` as $10.50.

    None if the amount or the currency is unknown. `locale` is a language, as `de` or `pt-BR`; by
    default Django's active one. Decimals that are not 0 are never rounded away. Raises
    babel.UnknownLocaleError or ValueError for a locale that does not exist.
    """
    number = to_decimal(amount, currency)
    if number is None or currency is None:
        return None
    code = currency.upper()
    usual = Decimal(1).scaleb(-numbers.get_currency_precision(code))
    # UGX and ISK have no minor unit, yet Stripe states them in hundredths.
    is_whole = not number % usual
    return numbers.format_currency(
        number,
        code,
        locale=_active() if locale is None else Locale.parse(to_locale(locale)),
        currency_digits=is_whole,
        decimal_quantization=is_whole,
    )


def _active() -> Locale:
    try:
        return Locale.parse(to_locale(get_language() or FALLBACK))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(FALLBACK)
