"""System checks of swapped models."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004
from django.db import models

from stripe_integrations import conf
from stripe_integrations import models as ours
from stripe_integrations.mirror import mapping


@register(Tags.models)
def check_models(**_kwargs: Any) -> list[CheckMessage]:
    """Find swapped models that the mapping cannot fill."""
    swapped = [
        name for name in conf.SWAPPABLE if conf.model_label(name) != f"stripe_integrations.{name}"
    ]
    return [message for name in swapped for message in _swapped(name)]


def _swapped(name: str) -> Iterator[CheckMessage]:
    try:
        model = conf.model(name)
    except (LookupError, ValueError):
        yield Error(
            f"{conf.model_setting(name)} is {conf.model_label(name)!r}, which is not a model.",
            hint=f"Set it to app_label.ModelName of a subclass of {conf.base_name(name)}.",
            id="stripe_integrations.E005",
        )
    else:
        yield from _lacking(name, model)
        yield from _columns(model)


def _lacking(name: str, model: Any) -> Iterator[CheckMessage]:
    there = {field.name for field in model._meta.get_fields()}
    base = getattr(ours, conf.base_name(name))
    lacking = sorted({field.name for field in base._meta.concrete_fields} - there - {"id"})
    if lacking:
        yield Error(
            f"{model._meta.label} lacks {', '.join(lacking)}, which the base class has.",
            hint=f"Make it a subclass of stripe_integrations.models.{base.__name__}.",
            obj=model,
            id="stripe_integrations.E011",
        )


def _columns(model: Any) -> Iterator[CheckMessage]:
    filled = [column.field for column in mapping.mapped_columns(model)]
    for field in filled:
        if not field.null and not field.has_default() and not field.empty_strings_allowed:
            yield Error(
                f"{model._meta.label}.{field.name} is filled by Stripe, which may send null.",
                hint="Give it null=True or a default, or name it in stripe_ignore.",
                obj=field,
                id="stripe_integrations.E004",
            )
    for field in model._meta.concrete_fields:
        if _is_strict_link(field):
            yield Warning(
                f"{model._meta.label}.{field.name} is a plain ForeignKey to a mirror: it is not "
                "filled, since its row may arrive later.",
                hint="Use StripeLink from stripe_integrations.models.",
                obj=field,
                id="stripe_integrations.W004",
            )


def _is_strict_link(field: Any) -> bool:
    mirrors = {conf.model_label(name).lower() for name in conf.SWAPPABLE}
    plain = isinstance(field, models.ForeignKey) and type(field).__name__ != "StripeLink"
    return plain and field.related_model._meta.label_lower in mirrors
