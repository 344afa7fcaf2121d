from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_integrations import kinds
from stripe_integrations.local_users import described
from stripe_integrations.mirror import rows
from stripe_integrations.mirror.attempts import account_or_events

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel


def find(kind: str, stripe_id: Any, account: str | None = None) -> StripeModel | None:
    """Return the row of any object, of the model of its kind or a `StripeObject`; None without one.

    `kind` is the value of the object's attribute `object`. `account` is the id of a connected
    account; None for our own, or for the event's within a webhook class. Raises TypeError for a
    kind that is no text.
    """
    if not isinstance(kind, str):
        raise TypeError(f"Pass the name of a kind, such as 'product', not {described(kind)}.")
    known, account = kinds.of(kind), account_or_events(account)
    if known is None or rows.pk_or_none(known, stripe_id, account) is None:
        return None
    row: StripeModel | None = rows.find_row(known, stripe_id, account)
    return row
