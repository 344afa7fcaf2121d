"""How the admin shows one column. Each function returns the same callable each time."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from functools import cache
from typing import Any
from urllib.parse import quote

from django.contrib import admin
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, format_html_join

Column = Callable[[Any], Any]


@cache
def link(name: str) -> Column:
    """Show a foreign key as a link to that row's page, without a look whether it is there."""

    @admin.display(description=name.replace("_", " "), ordering=name)
    def show(row: Any) -> Any:
        field = row._meta.get_field(name)
        key = getattr(row, field.attname)
        if key is None:
            return None
        options = field.related_model._meta
        try:
            url = reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[key])
        except NoReverseMatch:
            return key
        return format_html('<a href="{}">{}</a>', url, key)

    return show


@cache
def pretty(name: str) -> Column:
    """Show JSON indented."""

    @admin.display(description=name.replace("_", " "))
    def show(row: Any) -> Any:
        return indented(getattr(row, name))

    return show


@cache
def pretty_text(name: str) -> Column:
    """Show text indented if it is JSON, else as it is."""

    @admin.display(description=name.replace("_", " "))
    def show(row: Any) -> Any:
        text = getattr(row, name)
        try:
            return indented(json.loads(text))
        except (ValueError, RecursionError):
            return preformatted(text) if text else None

    return show


@cache
def preformatted_text(name: str) -> Column:
    """Show text of several lines as it is."""

    @admin.display(description=name.replace("_", " "))
    def show(row: Any) -> Any:
        return preformatted(getattr(row, name)) if getattr(row, name) else None

    return show


@admin.display(description="runs")
def runs(row: Any) -> Any:
    """Show the classes that an event ran, and when."""
    lines = [
        (key, "done" if "done" in run else "failed since", _time(run), run.get("error", ""))
        for key, run in row.runs.items()
    ]
    cells = format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td></tr>", lines)
    return format_html("<table>{}</table>", cells) if lines else None


def outside(url: str | None) -> Any:
    """Return a link that leaves the admin."""
    return url and format_html('<a href="{}" target="_blank" rel="noopener">{}</a>', url, url)


def search_link(model: Any, key: str, text: str) -> Any:
    """Return a link to the rows of a model that a search for a key finds."""
    options = model._meta
    url = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    return format_html('<a href="{}?q={}">{}</a>', url, quote(key, safe=""), text)


def indented(value: Any) -> Any:
    """Return JSON as lines."""
    return preformatted(json.dumps(value, indent=2, ensure_ascii=False))


def preformatted(text: str) -> Any:
    """Return text whose line breaks and blanks are kept."""
    return format_html('<pre style="white-space: pre-wrap; margin: 0">{}</pre>', text)


def _time(run: dict[str, Any]) -> str:
    seconds = run.get("done", run.get("failed"))
    if not isinstance(seconds, int):
        return ""
    return f"{datetime.fromtimestamp(seconds, tz=timezone.utc):%Y-%m-%d %H:%M:%S} UTC"
