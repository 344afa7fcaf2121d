"""The `Stripe-Signature` header: the SDK's verifier with its gaps closed.

The SDK (all versions) accepts timestamps of the future, treats a tolerance of 0 as none, and lets
odd input out as TypeError, UnicodeDecodeError or AttributeError; before 15.6 it accepts an empty
secret. Here each of these is a `SignatureRefused` whose `code` is the reason for the log.

Follows https://docs.stripe.com/webhooks/signature.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable

import stripe

from stripe_integrations.exceptions import SignatureRefused

# Stripe sends one v1 per live secret, about 80 characters each.
MAX_HEADER = 4096

TIMESTAMP = re.compile(r"\d{1,12}", re.ASCII)


def verify(body: str, header: str | None, secrets: Iterable[str], tolerance: int) -> str:
    """Return the secret that signed a body, `tolerance` seconds ago at most.

    Raises SignatureRefused for everything else; its message never shows a secret.
    """
    usable = [secret for secret in secrets if secret.strip()]
    if not usable:
        raise SignatureRefused(
            "No webhook secret is configured: set STRIPE_INTEGRATIONS['WEBHOOK_SECRET'] to the "
            "endpoint's signing secret, whsec_….",
            code="no_secret",
        )
    if not header:
        raise SignatureRefused("There is no Stripe-Signature header.", code="no_header")
    timestamp = _timestamp(header)
    for secret in usable:
        if _signed_with(body, header, secret):
            _check_age(timestamp, tolerance)
            return secret
    raise SignatureRefused(
        "No configured secret gives this signature: the secret is another endpoint's, or "
        "something on the way altered the body.",
        code="no_match",
    )


def _timestamp(header: str) -> int:
    if len(header) > MAX_HEADER or not header.isascii():
        raise SignatureRefused("The Stripe-Signature header is malformed.", code="malformed")
    items = [item.partition("=") for item in header.split(",")]
    times = [value for scheme, _, value in items if scheme == "t"]
    if len(times) != 1 or not TIMESTAMP.fullmatch(times[0]):
        raise SignatureRefused(
            "The Stripe-Signature header has no single timestamp.", code="malformed"
        )
    if not any(scheme == "v1" for scheme, _, _ in items):
        raise SignatureRefused("The Stripe-Signature header has no v1 signature.", code="no_v1")
    return int(times[0])


def _signed_with(body: str, header: str, secret: str) -> bool:
    try:
        # The age is checked apart, so that "too old" is not reported for a wrong secret.
        stripe.WebhookSignature.verify_header(body, header, secret, tolerance=None)
    except stripe.SignatureVerificationError:
        return False
    return True


def _check_age(timestamp: int, tolerance: int) -> None:
    age = time.time() - timestamp
    if age > tolerance:
        raise SignatureRefused(
            f"The signature is {age:.0f} s old, more than {tolerance} s.", code="too_old"
        )
    if age < -tolerance:
        raise SignatureRefused(
            f"The signature is {-age:.0f} s in the future, more than {tolerance} s: "
            "compare this host's clock.",
            code="future",
        )
