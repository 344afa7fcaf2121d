"""Tables read in batches."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from stripe_integrations import transactions


def key_batches(rows: Any, size: int) -> Iterator[list[Any]]:
    """Return the keys of rows, some at a time; rows may be changed and deleted meanwhile."""
    # By key, not by offset: each batch begins where the last one ended.
    last = None
    while True:
        following = rows.order_by("pk") if last is None else rows.filter(pk__gt=last).order_by("pk")
        some = following.values_list("pk", flat=True)[:size]
        keys: list[Any] = transactions.run_query(partial(list, some), rows.db)
        if not keys:
            return
        yield keys
        last = keys[-1]
