"""The changes of a write, for receivers of `signals.mirror_changed`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_integrations.mirror.attempts import stored_event
from stripe_integrations.signals import mirror_changed

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel

#: Columns that say where the data is from, and change with each write.
BOOKKEEPING = frozenset({"as_of", "fetched_at", "read_by", "trail", "verb", "version"})


def changed(row: StripeModel, values: dict[str, Any]) -> dict[str, Any]:
    """Return the old value of each column that `values` are about to change."""
    return {
        name: old
        for name, value in values.items()
        if name not in BOOKKEEPING and (old := getattr(row, name)) != value
    }


def set_by_themselves(model: Any) -> list[str]:
    """Return the columns that each save sets to the time."""
    return [
        each.attname for each in model._meta.concrete_fields if getattr(each, "auto_now", False)
    ]


def tell(row: StripeModel, before: dict[str, Any], *, created: bool = False) -> None:
    """Send the signal, unless nothing has changed."""
    if created or before:
        mirror_changed.send(
            sender=type(row), instance=row, created=created, before=before, event=stored_event()
        )
