"""The accounts that the fake Stripe has below /v2/core: what is not asked for is null."""

from __future__ import annotations

from typing import Any

Data = dict[str, Any]

#: What a read can ask for. Follows https://docs.stripe.com/api/v2/core/accounts/retrieve.
INCLUDABLE = ("configuration", "defaults", "future_requirements", "identity", "requirements")


def shown_account(stored: Data, include: list[str]) -> Data:
    """Return what an answer says of an account."""
    answer = {**stored, **{name: None for name in INCLUDABLE if name in stored}}
    for name in include:
        top, _, below = name.partition(".")
        held = stored.get(top)
        if below and held is not None:
            answer[top] = {**(answer[top] or {}), below: held.get(below)}
        elif held is not None:
            answer[top] = held
    return answer
