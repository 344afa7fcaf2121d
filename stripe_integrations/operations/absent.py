"""Rows whose objects a complete list does not show: each is read by itself, and may be gone."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

import stripe
from django.db.models import Q

from stripe_integrations import conf, kinds
from stripe_integrations.kinds import Kind
from stripe_integrations.mirror import fetch, ordering, settle, write
from stripe_integrations.mirror.snapshots import Snapshot
from stripe_integrations.operations.batches import key_batches
from stripe_integrations.operations.pace import Pace, patiently
from stripe_integrations.operations.windows import rows_of

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel

#: Rows that are looked at together.
BATCH = 100
#: The code of the answer about an account that is connected no more.
NO_ACCESS = "account_invalid"


def check_unlisted(
    kind: Kind,
    account: str | None,
    covered: Q,
    listed: Collection[str],
    read_at: int,
    pace: Pace,
) -> int:
    """Read the living rows that a list read at a Stripe time should show and did not.

    Rows written since are left alone, and so are accounts that no longer let us act for them.
    Returns how many objects were gone. Raises stripe.StripeError where the API gives no answer.
    """
    known = rows_of(kind, account)
    unlisted = known.filter(
        covered, deleted_at=None, as_of__lt=read_at - 1 - conf.get("CLOCK_GUARD")
    ).exclude(pk__in=listed)
    if kind is kinds.ACCOUNT:
        unlisted = unlisted.filter(deauthorized_at=None)
    gone = 0
    for keys in key_batches(unlisted, BATCH):
        for row in known.filter(pk__in=keys):
            gone += _is_gone(kind, row, pace)
    return gone


def _is_gone(kind: Kind, row: StripeModel, pace: Pace) -> bool:
    """Read a row's object, write what the API says, and tell whether that is its end."""
    data = settle.known_data(row)
    try:
        answer = patiently(lambda: fetch.read_by_id(kind, data, row.account), pace)
    except ValueError:  # the API is not known to have it by its id
        return False
    except stripe.StripeError as error:
        if kind is kinds.ACCOUNT and _code(error) == NO_ACCESS:
            return False
        raise
    is_unsure = ordering.choose(row, Snapshot(data), answer).in_doubt
    if is_unsure or ordering.says_the_same(row, answer):
        return False
    written = write.write(kind, answer, account=row.account)
    return written is not None and bool(written.is_deleted)


def _code(error: stripe.StripeError) -> str | None:
    """Return the code of an error, which the SDK leaves out of its PermissionError."""
    body: Any = error.json_body
    stated = body.get("error") if isinstance(body, dict) else None
    return stated.get("code") if isinstance(stated, dict) else None
