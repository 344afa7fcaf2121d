"""The rows that link to a row, as its page shows them: a few of each kind, and the way to all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.utils.html import format_html
from django.utils.text import capfirst

from stripe_integrations import conf, kinds
from stripe_integrations.admin import columns, labels, linked_names, page_links
from stripe_integrations.admin.looked_for import looked_for
from stripe_integrations.models import StripeLink, StripeModel

#: Rows that are shown of each kind, the newest first.
MAX_ROWS = 5
#: The kinds that a page shows first; events come last.
FIRST = (
    "Subscription",
    "SubscriptionItem",
    "Invoice",
    "InvoiceLineItem",
    "InvoicePayment",
    "PaymentMethod",
    "Charge",
    "Price",
)


@dataclass(frozen=True)
class Relation:
    """A column by which the rows of a model lead to another row."""

    title: str
    model: Any
    column: str
    #: The attribute of the other row that it holds.
    key: str = "pk"


@dataclass(frozen=True)
class Neighbours:
    """The newest rows of one kind, as a table."""

    title: str
    #: The list of all of them.
    url: str | None
    heads: list[str]
    rows: list[list[Any]]


def neighbours_of(site: Any, request: Any, row: StripeModel) -> Iterator[Neighbours]:
    """Return the rows that link to a row, of the kinds that the user may view: one query a kind."""
    for relation in relations(row._meta.model):
        if not site.is_registered(relation.model):
            continue
        model_admin = site.get_model_admin(relation.model)
        if not model_admin.has_view_permission(request):
            continue
        where = {relation.column: getattr(row, relation.key)}
        # The row of another account may have the same id.
        account = {"account__isnull": True} if row.account is None else {"account": row.account}
        rows = relation.model._default_manager.using(conf.database()).filter(**where, **account)
        large = getattr(model_admin, "large", ())
        found = list(linked_names.with_names(rows).defer(*large).order_by("-created")[:MAX_ROWS])
        if found:
            yield _table(relation, page_links.list_url(relation.model, **where, **account), found)


@cache
def relations(model: Any) -> tuple[Relation, ...]:
    """Return what leads to a model's rows: links that have an index, and events of the object."""
    names = dict.fromkeys((*FIRST, *(kind.model for kind in kinds.MIRRORED.values()), "Event"))
    found = [each for name in names for each in _links(conf.model(name), model)]
    event = conf.model("Event")
    if not any(relation.model is event for relation in found):
        found.append(Relation("events", event, "object_id", "stripe_id"))
    return tuple(found)


def _links(model: Any, to: Any) -> Iterator[Relation]:
    for field in model._meta.concrete_fields:
        if isinstance(field, StripeLink) and field.related_model is to and field.keeps_account:
            other_side = field.remote_field
            if not other_side.hidden:  # else it need not have an index
                title = other_side.get_accessor_name().replace("_", " ")
                yield Relation(title, model, field.name)


def _table(relation: Relation, url: str | None, rows: list[Any]) -> Neighbours:
    names = [name for name in looked_for(relation.model) if name != relation.column]
    shown = [_column(relation.model, name) for name in (*names, "created")]
    return Neighbours(
        title=str(capfirst(relation.title)),
        url=url,
        heads=["id", *(column.__name__.replace("_", " ") for column in shown)],
        rows=[[_titled(row), *(column(row) for column in shown)] for row in rows],
    )


def _titled(row: StripeModel) -> Any:
    link = page_links.linked(type(row), row.pk, row.pk)
    return format_html("{} {}", link, labels.label(row)) if labels.label(row) else link


def _column(model: Any, name: str) -> Any:
    shown = columns.column_of(model._meta.get_field(name))
    return columns.as_django_does(name) if isinstance(shown, str) else shown
