import sys
from decimal import Decimal
from importlib import reload

import pytest
from django.template import engines
from django.utils import translation

from stripe_integrations import conf
from stripe_integrations.templatetags import stripe


def shown(text, **context):
    return engines["django"].from_string("{% load stripe %}" + text).render(context)


def price(unit_amount=2000, currency="eur", interval="month", count=1, **values):
    return conf.model("Price")(
        unit_amount=unit_amount,
        currency=currency,
        recurring_interval=interval,
        recurring_interval_count=count,
        **values,
    )


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (price(), "€20.00 / month"),
        (price(interval="year", count=None), "€20.00 / year"),
        (price(count=3), "€20.00 / 3 months"),
        (price(interval="week", count=2), "€20.00 / 2 weeks"),
        (price(interval="day"), "€20.00 / day"),
        (price(interval="fortnight"), "€20.00 / fortnight"),
        (price(interval=None), "€20.00"),
        (price(500, "jpy"), "¥500 / month"),
        (price(None, unit_amount_decimal=Decimal("0.5")), "€0.005 / month"),
        (price(None), ""),  # tiered
        (price(0), "€0.00 / month"),
        (None, ""),
        ("", ""),
    ],
)
def test_price_is_shown_with_its_interval(given, expected):
    assert shown("{{ given|price }}", given=given) == expected


def test_money_is_shown_in_the_active_language():
    text = "{{ amount|money:currency }}"
    assert shown(text, amount=-1050, currency="usd") == "-$10.50"
    assert shown(text, amount=None, currency="usd") == shown(text, amount=1, currency=None) == ""
    assert shown("{{ nothing|money:'usd' }}") == ""
    with translation.override("de"):
        assert shown(text, amount=1050, currency="eur") == "10,50\xa0€"
        assert shown("{{ given|price }}", given=price()) == "20,00\xa0€ / month"


def test_without_babel_the_currency_is_written_by_its_code(monkeypatch):
    monkeypatch.setitem(sys.modules, "stripe_integrations.babel", None)
    try:
        reload(stripe)
        assert stripe.shown_price(price()) == "20.00 EUR / month"
        assert stripe.shown_money(500, "jpy") == "500 JPY"
        assert stripe.shown_money(None, "jpy") == ""
    finally:
        monkeypatch.undo()
        reload(stripe)
    assert stripe.shown_money(500, "jpy") == "¥500"
