"""Links of rows of connected accounts: none of them leads to a row of another account."""

from __future__ import annotations

from typing import Any

from stripe_integrations import conf
from stripe_integrations.mirror import mapping


def within_account(model: Any, values: dict[str, Any], account: str) -> dict[str, Any]:
    """Return column values in which links to rows of other accounts are null.

    A link to a row that has not arrived stays. That costs a query for each linked model, and none
    for our own account, whose events nobody else can sign.
    """
    linked: dict[Any, dict[str, str]] = {}
    for column in mapping.mapped_columns(model):
        key = values.get(column.attname)
        if key is not None and getattr(column.field, "keeps_account", False):
            linked.setdefault(column.field.related_model, {})[column.attname] = key
    foreign: dict[str, None] = {}
    for target, keys in linked.items():
        rows = target._base_manager.using(conf.database()).filter(pk__in=set(keys.values()))
        others = set(rows.exclude(account=account).values_list("pk", flat=True))
        foreign.update({name: None for name, key in keys.items() if key in others})
    return {**values, **foreign}
