"""What tells thin events from snapshot events, and where they say the same. Pure functions.

Follows https://docs.stripe.com/api/v2/core/events/event-types.
"""

from __future__ import annotations

from typing import Any

#: The value of `object` of every thin event.
OBJECT = "v2.core.event"
#: What stands before the type of a thin event whose twin, a snapshot event, has the rest of it.
TWIN_PREFIX = "v1."


def is_thin(message: dict[str, Any]) -> bool:
    """Tell whether an event carries no object, but names the one to be read."""
    if message.get("object") != OBJECT:
        return False
    data = message.get("data")
    return not (isinstance(data, dict) and "object" in data)


def account_of(message: dict[str, Any]) -> Any:
    """Return what an event of either sort says of the connected account that it is of.

    The context of a thin event may be a path, `org_…/acct_…`.
    """
    if not is_thin(message):
        return message.get("account")
    context = message.get("context")
    return context.rpartition("/")[2] or None if isinstance(context, str) else context
