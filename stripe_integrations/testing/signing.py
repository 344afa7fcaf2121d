"""Stripe's side of the signature, written apart from the code that verifies it."""

from __future__ import annotations

import hashlib
import hmac
import time


def sign(body: bytes, secret: str, timestamp: int | None = None) -> dict[str, str]:
    """Return the header that Stripe would send with these bytes, at a time in Unix seconds.

    Follows https://docs.stripe.com/webhooks#verify-manually.
    """
    timestamp = int(time.time()) if timestamp is None else timestamp
    digest = hmac.new(secret.encode(), b"%d." % timestamp + body, hashlib.sha256).hexdigest()
    return {"Stripe-Signature": f"t={timestamp},v1={digest}"}
