"""Links to other rows: what their targets are called is read by the same query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import models

from stripe_integrations import conf
from stripe_integrations.admin import labels
from stripe_integrations.models import StripeLink

#: Columns of a linked row that nothing here shows.
LARGE = ("stripe_data", "trail", "metadata")


def with_names(rows: Any) -> Any:
    """Return a queryset that reads what linked rows are called, and nothing large of them."""
    found = [each for field in rows.model._meta.concrete_fields for each in _paths(field)]
    if not found:
        return rows
    large = [
        f"{path}__{column.name}"
        for path, model in found
        for column in model._meta.concrete_fields
        if column.name in LARGE
    ]
    return rows.select_related(*(path for path, _ in found)).defer(*large)


def _paths(field: Any) -> Iterator[tuple[str, Any]]:
    """Yield what is read along for a link: its row, and of a price also the product."""
    if not isinstance(field, models.ForeignKey):
        return
    linked: Any = field.related_model
    if isinstance(field, StripeLink) and not labels.has_label(linked):
        return
    yield field.name, linked
    if linked in (conf.model("Price"), conf.model("Plan")):
        yield f"{field.name}__product", conf.model("Product")
