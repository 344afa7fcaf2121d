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
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import stripe

from stripe_integrations.choices import RefusalReason
from stripe_integrations.exceptions import SignatureRefused

if TYPE_CHECKING:
    from stripe_integrations.models import WebhookEndpoint

HEADER = "Stripe-Signature"
#: Its name in Django's `request.META`.
META_HEADER = "HTTP_STRIPE_SIGNATURE"

# Stripe sends one v1 per live secret, about 80 characters each.
MAX_HEADER = 4096

TIMESTAMP = re.compile(r"\d{1,12}", re.ASCII)


@dataclass(frozen=True)
class Secret:
    """A signing secret, and the tolerance in seconds of its signatures."""

    name: str
    value: str = field(repr=False)
    tolerance: int
    is_expired: bool = False
    #: The endpoint that it belongs to, None for those of the settings.
    endpoint: WebhookEndpoint | None = None


@dataclass(frozen=True)
class Signature:
    """A valid signature: its secret, and the time of signing."""

    secret: Secret
    #: Unix seconds of Stripe's clock.
    timestamp: int


def verify_header(body: str, header: str | None, secrets: Iterable[Secret]) -> Signature:
    """Return the signature of a body, if that and its secret are not too old.

    Raises SignatureRefused for everything else; its message never shows a secret.
    """
    if not header:
        raise SignatureRefused(f"There is no {HEADER} header.", code=RefusalReason.NO_HEADER)
    # Of two secrets that match, prefer the one that has not expired.
    usable = sorted(
        (secret for secret in secrets if secret.value.strip()), key=lambda each: each.is_expired
    )
    if not usable:
        raise SignatureRefused(
            "There is no secret to check the signature with: enter the endpoint's signing secret, "
            "whsec_…, in the admin, or set STRIPE_INTEGRATIONS['WEBHOOK_SECRET'].",
            code=RefusalReason.NO_SECRET,
        )
    signed_at = _timestamp(header)
    for secret in usable:
        if _signed_with(body, header, secret.value):
            _check_age(signed_at, secret.tolerance)
            if secret.is_expired:
                raise SignatureRefused(
                    f"The secret {secret.name!r} has expired: enter the new one, or give it more "
                    "time.",
                    code=RefusalReason.EXPIRED_SECRET,
                )
            return Signature(secret, signed_at)
    raise SignatureRefused(
        "No secret gives this signature: enter the one of the endpoint that sent it; else "
        "something on the way altered the body.",
        code=RefusalReason.NO_MATCH,
    )


def _timestamp(header: str) -> int:
    """Return when a request was signed, in Unix seconds of Stripe's clock.

    Raises SignatureRefused for a header that is not Stripe's.
    """
    if len(header) > MAX_HEADER or not header.isascii():
        raise SignatureRefused(f"The {HEADER} header is malformed.", code=RefusalReason.MALFORMED)
    items = [item.partition("=") for item in header.split(",")]
    times = [value for scheme, _, value in items if scheme == "t"]
    if len(times) != 1 or not TIMESTAMP.fullmatch(times[0]):
        raise SignatureRefused(
            f"The {HEADER} header has no single timestamp.", code=RefusalReason.MALFORMED
        )
    if not any(scheme == "v1" for scheme, _, _ in items):
        raise SignatureRefused(
            f"The {HEADER} header has no v1 signature.", code=RefusalReason.NO_V1
        )
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
            f"The signature is {age:.0f} s old, more than {tolerance} s.",
            code=RefusalReason.TOO_OLD,
        )
    if age < -tolerance:
        raise SignatureRefused(
            f"The signature is {-age:.0f} s in the future, more than {tolerance} s: "
            "compare this host's clock.",
            code=RefusalReason.FUTURE,
        )
