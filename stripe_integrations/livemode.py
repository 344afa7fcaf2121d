"""Live and test mode: a database is for one of the two."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import stripe

from stripe_integrations import conf

if TYPE_CHECKING:
    from stripe_integrations.models import StripeBaseEvent

logger = logging.getLogger("stripe_integrations")


def log_ignored(event: StripeBaseEvent) -> None:
    """Say that such an event came."""
    # Stripe sends both modes to a live Connect endpoint; elsewhere somebody mixed up the keys.
    level = logging.INFO if event.account else logging.ERROR
    theirs, ours = ("live", "test") if event.livemode else ("test", "live")
    logger.log(
        level,
        "%s is a %s event and this database is for %s mode: it is stored as ignored.",
        event.pk,
        theirs,
        ours,
    )


def refuse_other_mode(*answered: dict[str, Any]) -> None:
    """Raise stripe.APIError if an answer of the API is of the other mode."""
    ours = conf.livemode()
    if ours is not None and any(data.get("livemode") is (not ours) for data in answered):
        raise stripe.APIError("API_KEY is of the other mode, live or test, than LIVEMODE says.")
