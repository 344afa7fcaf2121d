"""The tables of the reference pages, as reStructuredText made from the code itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from typing import Any

from stripe_integrations import conf, event_types, kinds
from stripe_integrations.dispatch import registry
from stripe_integrations.mirror import mapping
from stripe_integrations.models import StripeLink, base
from stripe_integrations.thin_events import TWIN_PREFIX

#: What a class of a column is called in the tables.
TYPES = {
    "BigIntegerField": "integer",
    "BooleanField": "boolean",
    "CharField": "text",
    "DateTimeField": "time",
    "DecimalField": "decimal",
    "FloatField": "float",
    "IntegerField": "integer",
    "JSONField": "JSON",
    "PositiveBigIntegerField": "integer",
    "TextField": "text",
}


def kinds_with_a_model() -> str:
    """Return the table of kinds that have a model of their own."""
    rows = (
        (_code(kind.object), _model(kind.model), _resource(kind), _secrets(kind))
        for kind in kinds.MIRRORED.values()
    )
    return _table(("object", "model", "API resource", "not stored"), rows)


def generic_kinds() -> str:
    """Return the table of kinds whose rows are in the generic mirror and can be read by id."""
    rows = ((_code(kind.object), _resource(kind)) for kind in kinds.GENERIC.values())
    return _table(("object", "API resource"), rows)


def types_of_events() -> str:
    """Return the table of event types, with the classes they run and the models these write."""
    return _events(event_types.known())


def types_of_thin_events() -> str:
    """Return the same table of the thin event types that have no snapshot event."""
    twins = {f"{TWIN_PREFIX}{kind}" for kind in event_types.known()}
    return _events(event_types.known_thin() - twins)


def _events(types: Iterable[str]) -> str:
    rows = (
        (_code(kind), _lines(map(_class, registry.matching(kind))), _lines(_models(kind)))
        for kind in sorted(types)
    )
    return _table(("event type", "webhook class", "model"), rows)


def common_columns() -> str:
    """Return the table of the columns of every mirror that no attribute fills by its name."""
    rows = (
        (_code(field.name), _type(field), _prose(field.help_text))
        for field in base.StripeModel._meta.get_fields()
        if field.name in mapping.RESERVED
    )
    return _table(("column", "type", "meaning"), rows)


def columns_of_models() -> str:
    """Return a section for each model, with the table of the columns that Stripe fills."""
    names = (*sorted(kind.model for kind in kinds.MIRRORED.values()), kinds.GENERIC_MODEL)
    return "\n".join(map(_section, names))


def _section(name: str) -> str:
    model = conf.model(name)
    rows = (
        (_code(column.field.name), _type(column.field), _sources(column))
        for column in mapping.mapped_columns(model)
    )
    summary = _prose(inspect.getdoc(model.__base__) or "")
    table = _table(("column", "type", "paths tried"), rows)
    return f".. _columns-{name}:\n\n{name}\n{'-' * len(name)}\n\n{summary}\n\n{table}"


def _sources(column: mapping.Column) -> str:
    paths = [_code(".".join(path)) for path in column.paths]
    return _lines([*paths, *([_computed(column.compute)] if column.compute else [])])


def _computed(function: Callable[..., Any]) -> str:
    plain = getattr(function, "func", function)  # of a `partial`
    summary = (inspect.getdoc(plain) or plain.__name__).partition("\n")[0]
    return f"else {_prose(summary.removeprefix('Return '))}"


def _type(field: Any) -> str:
    if isinstance(field, StripeLink):
        return f"link to {_model(field.related_model.__name__)}"
    name = f"{field.name}_money"
    money = f", {_code(name)}" if hasattr(field.model, name) else ""
    return TYPES[field.get_internal_type()] + money


def _models(kind: str) -> Iterable[str]:
    for name in event_types.object_names(kind):
        known = kinds.of(name)
        if known is not None:
            yield _model(known.model)


def _model(name: str) -> str:
    return f":ref:`{name} <columns-{name}>`"


def _class(webhook: Any) -> str:
    return _code(webhook.__qualname__)


def _resource(kind: kinds.Kind) -> str:
    if not kind.resource:
        return ""
    below = "customers/{customer}/" if kind.is_below_customer else ""
    return _code(f"/v1/{below}{kind.resource}")


def _secrets(kind: kinds.Kind) -> str:
    return ", ".join(map(_code, sorted(kind.secrets | kind.personal)))


def _code(text: str) -> str:
    return f"``{text}``"


def _prose(text: str) -> str:
    return " ".join(text.replace("`", "``").split())


def _lines(cells: Iterable[str]) -> str:
    return "\n\n       ".join(dict.fromkeys(cells))


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    entries = "".join(
        "\n   * - " + "\n     - ".join(cell or "\\" for cell in row) for row in (heads, *rows)
    )
    return f".. list-table::\n   :header-rows: 1\n{entries}\n"
