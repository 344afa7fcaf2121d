"""Idempotency keys that a retry of the same call makes again."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.utils.crypto import salted_hmac


def key(path: str, params: dict[str, Any] | None, account: str | None, state: Any) -> str:
    """Return the key of a call, made of what it asks for and of the state that it begins with.

    `state` is what makes the same call another one: the version of the row that it changes, or the
    ids of the objects like it that are unusable. Stripe keeps a key for a day. Follows
    https://docs.stripe.com/api/idempotent_requests.
    """
    text = json.dumps([path, params, account, state], sort_keys=True, default=str)
    return salted_hmac("stripe_integrations.call", text, algorithm="sha256").hexdigest()


def fresh() -> str:
    """Return a key for a call that is another one each time; the SDK's retries send it again."""
    return uuid.uuid4().hex
