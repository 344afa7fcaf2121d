"""`{% load stripe %}`: amounts and prices as people read them.

::

    {{ invoice.total|money:invoice.currency }}   €20.00
    {{ price|price }}                            €20.00 / month
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django import template
from django.utils.translation import gettext, ngettext

from stripe_integrations.money import to_decimal

if TYPE_CHECKING:
    from stripe_integrations.models import Price

try:
    from stripe_integrations.babel import format_money
except ImportError:  # Django imports every library of tags at start-up, also of those without babel

    def format_money(  # type: ignore[misc]
        amount: int | Decimal | None, currency: str | None
    ) -> str | None:
        number = to_decimal(amount, currency)
        return None if number is None else f"{number:f} {str(currency).upper()}"


register = template.Library()


@register.filter(name="money")
def shown_money(amount: int | Decimal | None, currency: str | None) -> str:
    """Return an amount in minor units in the active language; nothing if one is unknown."""
    # A variable that the context lacks is an empty text.
    known = isinstance(amount, int | Decimal)
    return (format_money(amount, currency) or "") if known else ""


@register.filter(name="price")
def shown_price(row: Price) -> str:
    """Return a price with its interval, €20.00 / month; nothing if it has no single amount."""
    exact = getattr(row, "unit_amount_decimal", None)
    amount = getattr(row, "unit_amount", None) if exact is None else exact
    money = shown_money(amount, getattr(row, "currency", None))
    return money and with_interval(money, row.recurring_interval, row.recurring_interval_count)


def with_interval(money: str, unit: str | None, count: int | None) -> str:
    """Return what is paid with how often: €20.00 / 3 months; what is paid once as it is."""
    if not unit:
        return money
    count = count or 1
    texts = {
        "day": ngettext("day", "%(count)d days", count),
        "week": ngettext("week", "%(count)d weeks", count),
        "month": ngettext("month", "%(count)d months", count),
        "year": ngettext("year", "%(count)d years", count),
    }
    interval = texts.get(unit, unit) % {"count": count}
    return gettext("%(amount)s / %(interval)s") % {"amount": money, "interval": interval}
