"""System check of models swapped too late, run by `migrate` and `check --database default`.

`migrate` runs it before it has made the tables, so it is run once more when it is done.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004
from django.db import DatabaseError, connections
from django.db.models.signals import post_migrate

from stripe_integrations import conf
from stripe_integrations import models as ours
from stripe_integrations.actions import MIRRORED


@register(Tags.database)
def check_swapped(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Find swapped-in models without rows that our own table has."""
    try:
        using = conf.database()
        return list(_left_behind(using)) if using in (databases or ()) else []
    except (LookupError, ValueError, DatabaseError):  # other checks say why
        return []


def tell_after_migrate(using: str, verbosity: int = 1, stdout: Any = None, **_kwargs: Any) -> None:
    """Print what the check finds once the tables of swapped-in models are there."""
    for found in check_swapped([using]) if verbosity else ():
        if not found.is_silenced():
            print(found, file=stdout or sys.stdout)


post_migrate.connect(tell_after_migrate, sender=apps.get_app_config("stripe_integrations"))


def _left_behind(using: str) -> Iterator[CheckMessage]:
    swapped = [
        name for name in conf.SWAPPABLE if conf.model_label(name) != f"stripe_integrations.{name}"
    ]
    tables = set(connections[using].introspection.table_names()) if swapped else set()
    for name in swapped:
        default, model = getattr(ours, name), conf.model(name)
        are_there = {default._meta.db_table, model._meta.db_table} <= tables
        if are_there and _lacks_rows(model, default, using):
            yield Warning(
                f"{conf.model_setting(name)} is {model._meta.label}, which lacks rows that "
                f"stripe_integrations.{name} has from before it was set: links to them are None.",
                hint=_hint(name),
                obj=model,
                id="stripe_integrations.W014",
            )


def _lacks_rows(model: Any, default: Any, using: str) -> bool:
    # A swapped model has no other manager.
    old, new = default._base_manager.using(using), model._base_manager.using(using)
    if not issubclass(model, ours.StripeModel):  # Stripe shows events of 30 days only
        return bool(old.exists() and not new.exists())
    return bool(old.filter(deleted_at=None).exclude(pk__in=new.values("pk")).exists())


def _hint(name: str) -> str:
    action = next((each for each in MIRRORED.values() if each.kind.model == name), None)
    if action is not None and action.kind.is_part:
        return (
            "Run `manage.py migrate`, then `manage.py stripe_remap`, which makes them by what is "
            "stored of the objects that have them."
        )
    if action is None or not action.kind.is_listed:
        return (
            "Run `manage.py migrate`, then `manage.py stripe_catch_up`, which reads the events of "
            "the last 30 days from Stripe."
        )
    return (
        f"Run `manage.py migrate`, then `manage.py stripe_verify {action.kind.object} --fix`, or "
        f"call {action.__name__}.sync_all(): both read all of them from Stripe. What is still "
        "missing then is deleted there: delete it from the old table."
    )
