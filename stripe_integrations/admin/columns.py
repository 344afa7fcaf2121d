"""How the admin shows one column. Each function returns the same callable each time."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import display_for_field
from django.db import models
from django.utils import timezone
from django.utils.html import format_html, format_html_join

from stripe_integrations import storable
from stripe_integrations.admin import labels, page_links
from stripe_integrations.admin.amounts import with_code
from stripe_integrations.admin.badges import badge
from stripe_integrations.choices import RunMark
from stripe_integrations.mirror import mapping
from stripe_integrations.models import StripeBaseEvent, StripeLink, StripeModel

Column = Callable[[Any], Any]

#: Shown for an empty value, as Django does.
EMPTY = "-"
#: Truth values that call for somebody.
ALARMING = frozenset(["delinquent", "in_doubt"])


def column_of(field: models.Field[Any, Any]) -> Column | str:
    """Return how a column is shown: its name if Django shows it, else a callable."""
    if isinstance(field, models.ForeignKey):
        return link(field.name)
    if isinstance(field, models.JSONField):
        return pretty(field.name)
    if isinstance(getattr(field.model, f"{field.name}_money", None), property):
        return money(field.name)
    if field.name == "status" or field.name.endswith("_status"):
        return status(field.name)
    if field.name == "livemode":
        return mode_badge
    if isinstance(field, models.BooleanField):
        return yes_or_no(field.name)
    if isinstance(field, models.DateTimeField):
        return time_column(field.name)
    return field.name


@cache
def link(name: str) -> Column:
    """Show a foreign key as a link to that row's page, with its name if that was read along."""

    def show(row: models.Model) -> Any:
        field: Any = row._meta.get_field(name)
        key = getattr(row, field.attname)
        if key is None:
            return None
        if not isinstance(field, StripeLink):
            return page_links.linked(field.related_model, key, getattr(row, name))
        called = labels.label(field.get_cached_value(row, default=None))
        shown = page_links.linked(field.related_model, key, key)
        return format_html("{} {}", shown, called) if called else shown

    return _named(name, show)


@cache
def money(name: str) -> Column:
    """Show an amount in the currency's unit, with the currency."""

    def show(row: models.Model) -> Any:
        amount, minor = getattr(row, f"{name}_money"), getattr(row, name)
        if minor is None:
            return None
        if amount is None:
            return f"{minor} (currency unknown)"
        prop = getattr(type(row), f"{name}_money")
        currency = getattr(row, getattr(prop, "currency", "currency"))
        return format_html('<span class="stripe-money">{}</span>', with_code(amount, currency))

    return _named(name, show)


@cache
def status(name: str) -> Column:
    """Show a status as a badge."""

    def show(row: models.Model) -> Any:
        value = getattr(row, name)
        return badge(value) if value else None

    return _named(name, show)


@cache
def yes_or_no(name: str) -> Column:
    """Show a truth value as a word: a red cross would be an alarm where there is none."""

    def show(row: models.Model) -> Any:
        value = getattr(row, name)
        if value and name in ALARMING:
            return badge("yes", "bad")
        return None if value is None else "yes" if value else "no"

    return _named(name, show)


@cache
def time_column(name: str) -> Column:
    """Show a time to the second, in the current time zone."""

    def show(row: models.Model) -> Any:
        value = getattr(row, name)
        return None if value is None else to_the_second(value)

    return _named(name, show)


@cache
def as_django_does(name: str) -> Column:
    """Show a column as Django does."""

    def show(row: models.Model) -> Any:
        field: Any = row._meta.get_field(name)
        return display_for_field(getattr(row, name), field, EMPTY)

    return _named(name, show)


@cache
def pretty(name: str) -> Column:
    """Show JSON indented."""

    def show(row: models.Model) -> Any:
        value = getattr(row, name)
        return None if value is None else indented(value)

    return _named(name, show)


@cache
def pretty_text(name: str) -> Column:
    """Show text indented if it is JSON, else as it is."""

    def show(row: models.Model) -> Any:
        text = getattr(row, name)
        try:
            return indented(json.loads(text))
        except (ValueError, RecursionError):
            return preformatted(text) if text else None

    return _named(name, show)


@cache
def preformatted_text(name: str) -> Column:
    """Show text of several lines as it is."""

    def show(row: models.Model) -> Any:
        return preformatted(getattr(row, name)) if getattr(row, name) else None

    return _named(name, show)


@cache
def unix_time(name: str) -> Column:
    """Show Unix seconds as the time that they are."""

    def show(row: models.Model) -> Any:
        return _time(getattr(row, name)) if getattr(row, name) else None

    return _named(name, show)


@admin.display(description="webhook classes")
def webhook_classes(row: StripeBaseEvent) -> Any:
    """Show the classes that an event ran, and when."""
    # An older key ends in the names of the class's events.
    runs = [(key.partition(":")[0], run) for key, run in row.runs.items()]
    lines = [
        (name, RunMark.DONE.value, _time(run[RunMark.DONE]), "")
        if RunMark.DONE in run
        else (name, "failed since", _time(run.get(RunMark.FAILED)), run.get("error", ""))
        for name, run in runs
    ]
    cells = format_html_join("", "<tr><td>{}</td><td>{} {}</td><td>{}</td></tr>", lines)
    return format_html("<table>{}</table>", cells) if lines else EMPTY


@admin.display(description="livemode", ordering="livemode")
def mode_badge(row: StripeModel | StripeBaseEvent) -> Any:
    """Show test mode as a badge, and live mode, which is the rule, as a word."""
    return EMPTY if row.livemode is None else "live" if row.livemode else badge("test mode")


mode_badge.__name__ = "livemode"


def indented(value: Any) -> Any:
    """Return indented JSON; characters that a page cannot hold are escaped."""
    lines = json.dumps(value, indent=2, ensure_ascii=False)
    escaped = storable.UNSTORABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", lines)
    return preformatted(escaped)


def preformatted(text: str) -> Any:
    """Return text whose line breaks and blanks are kept."""
    return format_html('<pre class="stripe-text">{}</pre>', text)


def _named(name: str, show: Column) -> Column:
    @admin.display(description=name.replace("_", " "))
    def shown(row: models.Model) -> Any:
        value = show(row)
        return EMPTY if value is None else value

    shown.admin_order_field = name  # type: ignore[attr-defined]
    shown.__name__ = name  # by which Django finds the field's help text
    return shown


def to_the_second(moment: datetime) -> Any:
    """Return a time as text that does not wrap, with seconds, in the current time zone."""
    local = timezone.localtime(moment) if timezone.is_aware(moment) else moment
    text = local.replace(microsecond=0, tzinfo=None).isoformat(sep=" ")
    return format_html('<span class="stripe-time">{}</span>', text)


def _time(seconds: Any) -> Any:
    moment = mapping.to_datetime(seconds)
    return "" if moment is None else to_the_second(moment)
