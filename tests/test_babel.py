"""Amounts as a language writes them."""

import re
import subprocess
import sys
from decimal import Decimal

import pytest
from babel import UnknownLocaleError
from django.utils import translation

from stripe_integrations.babel import format_money

#: What babel puts between an amount and a currency, in one version or another.
BLANKS = {"\xa0": "", "\u202f": "", " ": ""}


def written(*args):
    return format_money(*args).translate(str.maketrans(BLANKS))


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "expected"),
    [
        (1050, "usd", "en", "$10.50"),
        (1000, "USD", "en", "$10.00"),
        (0, "usd", "en", "$0.00"),
        (-1050, "usd", "en", "-$10.50"),
        (123_456_789, "eur", "de", "1.234.567,89€"),
        (123_456_789, "eur", "de_AT", "€1.234.567,89"),
        (1050, "brl", "pt-br", "R$10,50"),
        (500, "jpy", "en", "¥500"),
        (-500, "jpy", "en", "-¥500"),
        (1234, "bhd", "en", "BHD1.234"),
        (1000, "kwd", "en", "KWD1.000"),
        (500, "isk", "en", "ISK5"),
        (50_000, "ugx", "en", "UGX500"),
        (1050, "xyz", "en", "XYZ10.50"),
    ],
)
def test_amount_is_written_as_in_the_language(amount, currency, locale, expected):
    assert written(amount, currency, locale) == expected


@pytest.mark.parametrize(
    ("amount", "currency", "expected"),
    [
        (550, "isk", "5.50"),
        (50_050, "ugx", "500.50"),
        (Decimal("0.0381"), "usd", "0.000381"),
        (Decimal("0.5"), "jpy", "0.50"),
    ],
)
def test_decimals_that_the_language_does_not_write_are_kept(amount, currency, expected):
    assert re.sub(r"[^0-9.]", "", format_money(amount, currency, "en")) == expected


@pytest.mark.parametrize(("amount", "currency"), [(None, "usd"), (1050, None), (1050, "")])
def test_unknown_amount_or_currency_is_none(amount, currency):
    assert format_money(amount, currency, "en") is None


def test_locale_is_by_default_the_active_language():
    with translation.override("de"):
        assert written(1050, "eur") == "10,50€"
    with translation.override("pt-br"):
        assert written(1050, "brl") == "R$10,50"


@pytest.mark.parametrize("language", [None, "xx", "zz-zz"])
def test_active_language_that_is_no_locale_is_english(monkeypatch, language):
    monkeypatch.setattr("stripe_integrations.babel.get_language", lambda: language)
    assert written(1050, "usd") == "$10.50"


@pytest.mark.parametrize("locale", ["xx", "not a locale"])
def test_locale_that_does_not_exist_is_refused(locale):
    with pytest.raises((UnknownLocaleError, ValueError)):
        format_money(1050, "usd", locale)


def test_import_without_babel_says_what_to_install():
    code = "import sys; sys.modules['babel'] = None; import stripe_integrations.babel"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert 'ImportError: format_money needs babel: pip install "stripe-integrations[money]"' in (
        done.stderr
    )


def test_nothing_else_imports_babel():
    code = (
        "import sys; sys.modules['babel'] = None\n"
        "import django; from django.conf import settings\n"
        "settings.configure(INSTALLED_APPS=['django.contrib.auth', 'django.contrib.contenttypes',"
        " 'stripe_integrations'])\n"
        "django.setup(); import stripe_integrations.access, stripe_integrations.money"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
