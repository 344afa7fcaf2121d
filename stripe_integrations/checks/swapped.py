"""System check of models swapped too late, run by `migrate` and `check --database default`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004
from django.db import DatabaseError, connections

from stripe_integrations import conf
from stripe_integrations import models as ours
from stripe_integrations.actions import MIRRORED


@register(Tags.database)
def check_swapped(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Find swapped-in models without rows where our own table has some."""
    try:
        using = conf.database()
        return list(_left_behind(using)) if using in (databases or ()) else []
    except (LookupError, ValueError, DatabaseError):  # other checks say why
        return []


def _left_behind(using: str) -> Iterator[CheckMessage]:
    swapped = [
        name for name in conf.SWAPPABLE if conf.model_label(name) != f"stripe_integrations.{name}"
    ]
    tables = set(connections[using].introspection.table_names()) if swapped else set()
    for name in swapped:
        default, model = getattr(ours, name), conf.model(name)
        are_there = {default._meta.db_table, model._meta.db_table} <= tables
        if are_there and _has_rows(default, using) and not _has_rows(model, using):
            yield Warning(
                f"{conf.model_setting(name)} is {model._meta.label}, which has no rows, while "
                f"stripe_integrations.{name} has some from before it was set: links to them are "
                "None.",
                hint=_hint(name),
                obj=model,
                id="stripe_integrations.W014",
            )


def _has_rows(model: Any, using: str) -> bool:
    # A swapped model has no other manager.
    return bool(model._base_manager.using(using).exists())


def _hint(name: str) -> str:
    kind = next((kind for kind, action in MIRRORED.items() if action.kind.model == name), None)
    if kind is None:
        return (
            "Run `manage.py migrate`, then `manage.py stripe_catch_up`, which reads the events of "
            "the last 30 days from Stripe."
        )
    return (
        f"Run `manage.py migrate`, then `manage.py stripe_verify {kind} --fix`, or call "
        f"{MIRRORED[kind].__name__}.sync_all(): both read all of them from Stripe."
    )
