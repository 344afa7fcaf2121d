"""Whose a row is, when a snapshot is of another account than the row.

Stripe's ids are unique, so one of the two accounts is wrong. The owner of a connected account may
sign any event of that account, also one that names an object of another account, before that one's
own event arrives. Nobody else can sign the events of our own account.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from stripe_integrations import kinds
from stripe_integrations.kinds import Kind
from stripe_integrations.mirror import ordering
from stripe_integrations.mirror.snapshots import Snapshot, blank

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel

logger = logging.getLogger("stripe_integrations")


def is_left(row: StripeModel, snapshot: Snapshot) -> bool:
    """Tell whether a row of another account stays as it is, without a read of the API.

    A row of ours does, whatever an event of a connected account says.
    """
    is_left = snapshot.is_missing if snapshot.fetched_at is not None else row.account is None
    if is_left:
        note(row)
    return is_left


def choose_owner(
    row: StripeModel, snapshot: Snapshot, answer: Snapshot | None, account: str | None
) -> tuple[Snapshot | None, bool]:
    """Return what to write to the row of another account, None to leave it, and whether in doubt.

    `answer` is what the API says of the object in the snapshot's account, None if it does not
    answer. If it shows the object there, that is proof. If not, an event of our own account takes
    a row that only a connected account's events have told of.
    """
    is_shown = answer is not None and not answer.is_missing
    is_event = snapshot.created is not None
    if is_shown or (is_event and is_taken(row, account)):
        return ordering.choose(None, snapshot, answer)
    note(row)
    return None, answer is None


def is_taken(row: StripeModel, account: str | None) -> bool:
    """Tell whether an event of an account takes the row of another one without proof.

    Our own does if the API has never shown the object in the other account.
    """
    return account is None and row.account is not None and not row.read_by


def cleared(kind: Kind, model: Any) -> dict[str, Any]:
    """Return the columns of a row that moves to another account, without what the old one said."""
    values = {**blank(model), "read_by": ""}
    return {**values, "user_id": None} if kind is kinds.CUSTOMER else values


def note(row: StripeModel) -> None:
    """Log that a row is left as it is."""
    logger.error(
        "%s is of another account than its event, and left as it is. If the row is wrong, "
        "retrieve the object with its account.",
        row.pk,
    )
