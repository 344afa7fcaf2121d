"""Links from one page of the admin to another, and out of it."""

from __future__ import annotations

from typing import Any

from django.contrib.admin.utils import quote as quote_key
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.http import urlencode


def linked(model: Any, key: Any, text: Any) -> Any:
    """Return text as a link to the page of a row; the text alone where there is no such page."""
    url = _url(model, "change", quote_key(key))
    return format_html('<a href="{}">{}</a>', url, text) if url else text


def outside(url: str | None) -> Any:
    """Return a link that leaves the admin."""
    link = '<a href="{}" target="_blank" rel="noopener">{}</a>'
    return format_html(link, url, url) if url else "-"


def search_link(model: Any, key: str, text: str) -> Any:
    """Return a link to the rows of a model that a search for a key finds."""
    url = list_url(model, q=key)
    return format_html('<a href="{}">{}</a>', url, text) if url else "-"


def list_url(model: Any, **query: str) -> str | None:
    """Return the address of a model's list with these parameters, None where it has no list."""
    url = _url(model, "changelist")
    return f"{url}?{urlencode(query)}" if url else None


def _url(model: Any, page: str, *args: Any) -> str | None:
    """Return the address of a page of a model's admin, None where it has none."""
    options = model._meta
    try:
        return reverse(f"admin:{options.app_label}_{options.model_name}_{page}", args=args)
    except NoReverseMatch:
        return None
