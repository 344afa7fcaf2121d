"""Since when a connected account no longer lets us act for it: a column outside the ordering.

The account's object does not say so, and the API shows us nothing of the account any more.
"""

from __future__ import annotations

from typing import Any

from stripe_integrations import conf, kinds
from stripe_integrations.mirror import ownership, rows, write

AUTHORIZED = "account.application.authorized"
DEAUTHORIZED = "account.application.deauthorized"


def mark(account: str) -> None:
    """Mark the row of a connected account by the newest of its events that are stored.

    Of two within a second, the deauthorization counts. Raises transactions.LostRace when somebody
    else wrote the row meanwhile.
    """
    if not conf.is_mirrored(kinds.ACCOUNT.object):
        return
    events = conf.model("Event").objects.using(conf.database())
    told = events.filter(account=account, kind__in=(AUTHORIZED, DEAUTHORIZED))
    newest = told.order_by("created", "kind").last()
    since = newest.created if newest is not None and newest.kind == DEAUTHORIZED else None
    accounts = rows.of_kind(kinds.ACCOUNT)
    values: dict[str, Any] = {"deauthorized_at": since}
    row = accounts.filter(pk=account).first()
    if row is not None and ownership.is_taken(row, None):  # what it says is another account's claim
        blank = ownership.cleared(kinds.ACCOUNT, type(row))
        values |= {**blank, "account": None, "stripe_data": {}, "as_of": 0, "trail": []}
    if row is not None and (row.deauthorized_at != since or len(values) > 1):
        write.write_version(accounts, row, values)
    if row is None and since is not None:
        write.insert_row(accounts.model, account, values)  # older events may be still to come


def withdrawn() -> set[str]:
    """Return the connected accounts that no longer let us act for them."""
    accounts = rows.of_kind(kinds.ACCOUNT).exclude(deauthorized_at=None)
    return set(accounts.values_list("pk", flat=True))
