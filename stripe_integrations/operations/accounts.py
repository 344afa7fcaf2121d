"""The accounts that an operation asks the API about."""

from __future__ import annotations

from typing import Any

from stripe_integrations import transactions
from stripe_integrations.mirror import authorizations


def of_rows(rows: Any) -> list[str | None]:
    """Return our own account and the connected ones of these rows that let us act for them."""
    connected = rows.exclude(account=None).order_by().values_list("account", flat=True).distinct()
    found = transactions.run_query(lambda: set(connected) - authorizations.withdrawn(), rows.db)
    return [None, *sorted(found)]
