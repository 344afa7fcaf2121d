"""How the admin shows one column. Each function returns the same callable each time."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import quote

from django.contrib import admin
from django.contrib.admin.utils import display_for_value
from django.contrib.admin.utils import quote as quote_key
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join

from stripe_integrations import mapping
from stripe_integrations.models import StripeLink

Column = Callable[[Any], Any]

#: What stands for nothing, as Django has it in its own columns.
EMPTY = "-"


@cache
def link(name: str) -> Column:
    """Show a foreign key as a link to that row's page; a link of Stripe's without a look at it."""

    def show(row: Any) -> Any:
        field = row._meta.get_field(name)
        key = getattr(row, field.attname)
        if key is None:
            return None
        text = key if isinstance(field, StripeLink) else getattr(row, name)
        url = _url(field.related_model, "change", quote_key(key))
        return format_html('<a href="{}">{}</a>', url, text) if url else text

    return _named(name, show)


@cache
def pretty(name: str) -> Column:
    """Show JSON indented."""

    def show(row: Any) -> Any:
        value = getattr(row, name)
        return None if value is None else indented(value)

    return _named(name, show)


@cache
def pretty_text(name: str) -> Column:
    """Show text indented if it is JSON, else as it is."""

    def show(row: Any) -> Any:
        text = getattr(row, name)
        try:
            return indented(json.loads(text))
        except (ValueError, RecursionError):
            return preformatted(text) if text else None

    return _named(name, show)


@cache
def preformatted_text(name: str) -> Column:
    """Show text of several lines as it is."""

    def show(row: Any) -> Any:
        return preformatted(getattr(row, name)) if getattr(row, name) else None

    return _named(name, show)


@cache
def moment(name: str) -> Column:
    """Show Unix seconds as the time that they are."""

    def show(row: Any) -> Any:
        return _time(getattr(row, name)) if getattr(row, name) else None

    return _named(name, show)


@admin.display(description="webhook classes")
def webhook_classes(row: Any) -> Any:
    """Show the classes that an event ran, and when."""
    lines = [
        (key, "done", _time(run["done"]), "")
        if "done" in run
        else (key, "failed since", _time(run.get("failed")), run.get("error", ""))
        for key, run in row.runs.items()
    ]
    cells = format_html_join("", "<tr><td>{}</td><td>{} {}</td><td>{}</td></tr>", lines)
    return format_html("<table>{}</table>", cells) if lines else EMPTY


def outside(url: str | None) -> Any:
    """Return a link that leaves the admin."""
    link = '<a href="{}" target="_blank" rel="noopener">{}</a>'
    return format_html(link, url, url) if url else EMPTY


def search_link(model: Any, key: str, text: str) -> Any:
    """Return a link to the rows of a model that a search for a key finds."""
    url = _url(model, "changelist")
    return format_html('<a href="{}?q={}">{}</a>', url, quote(key, safe=""), text) if url else EMPTY


def indented(value: Any) -> Any:
    """Return JSON as lines; what no page can hold is written as JSON escapes it."""
    lines = json.dumps(value, indent=2, ensure_ascii=False)
    escaped = mapping.UNSTORABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", lines)
    return preformatted(escaped)


def preformatted(text: str) -> Any:
    """Return text whose line breaks and blanks are kept."""
    return format_html(
        '<pre style="white-space: pre-wrap; overflow-wrap: anywhere; margin: 0">{}</pre>', text
    )


def _named(name: str, show: Column) -> Column:
    @admin.display(description=name.replace("_", " "))
    def shown(row: Any) -> Any:
        value = show(row)
        return EMPTY if value is None else value

    shown.__name__ = name  # by which Django finds the field's help text
    return shown


def _url(model: Any, page: str, *args: Any) -> str | None:
    """Return the address of a page of a model's admin, None where it has none."""
    options = model._meta
    try:
        return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=args)
    except NoReverseMatch:
        return None


def _time(seconds: Any) -> str:
    return display_for_value(mapping.to_datetime(seconds), "")
