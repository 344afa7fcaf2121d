"""What a row is called in its list and on its page: its name, and its id beside it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db import models
from django.utils.html import format_html

from stripe_integrations.admin import labels
from stripe_integrations.admin.badges import badge

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel


@cache
def title_column(model: Any) -> Callable[[Any], Any]:
    """Return the first column of a list: name and id, and whether the object is deleted."""

    @admin.display(description=model._meta.verbose_name, ordering="id")
    def title(row: models.Model) -> Any:
        return named(row)

    title.__name__ = "id"  # by which the cell gets its class, and Django the help text
    return title


def named(row: models.Model) -> Any:
    """Return the name of a row with its id below, or the id alone."""
    called = labels.label(row)
    if not called:
        return row.pk
    return format_html('{} <span class="stripe-id">{}</span>', called, row.pk)


@admin.display(description="row", empty_value="")
def row_state(row: StripeModel) -> Any:
    """Return badges of a row that is deleted at Stripe, or in doubt; mostly there are none."""
    badges = [badge("deleted")] if row.is_deleted else []
    if row.in_doubt:
        badges.append(badge("in doubt", "waiting"))
    return format_html("{} " * len(badges), *badges) if badges else ""


def full_title(row: models.Model) -> str:
    """Return the title of the page of a row: Ada Lovelace (cus_1), or the id alone."""
    called = labels.label(row)
    return f"{called} ({row.pk})" if called else str(row.pk)
