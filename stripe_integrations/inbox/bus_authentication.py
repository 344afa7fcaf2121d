"""Does a request come from the project's event bus? It must have a key of `EVENT_BUS_KEY`."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from stripe_integrations import conf
from stripe_integrations.choices import RefusalReason
from stripe_integrations.exceptions import KeyRefused
from stripe_integrations.masking import HiddenText

#: The header that an API destination or an event subscription is told to send.
HEADER = "X-Stripe-Integrations-Key"
SCHEME = "bearer"


def check_key(request: HttpRequest, *, may_lack: bool = False) -> None:
    """Raise KeyRefused unless a request brings a key of the settings, in a header.

    With `may_lack` it may bring none, but no wrong one.
    """
    keys = conf.event_bus_keys()
    if not keys:
        raise KeyRefused(
            "No key is configured: set STRIPE_INTEGRATIONS['EVENT_BUS_KEY'].",
            code=RefusalReason.NO_SECRET,
        )
    given = _given(request)
    if not given:
        if may_lack:
            return
        raise KeyRefused(
            f"There is no {HEADER} header, and no bearer token.", code=RefusalReason.NO_HEADER
        )
    if not any(constant_time_compare(given, key) for key in keys):
        raise KeyRefused(
            "The key is none of EVENT_BUS_KEY: enter it at the event bus.",
            code=RefusalReason.NO_MATCH,
        )


def _given(request: HttpRequest) -> str:
    own = HiddenText(request.headers.get(HEADER, "").strip())
    if own:
        return own
    scheme, _, token = map(HiddenText, request.headers.get("Authorization", "").partition(" "))
    return HiddenText(token.strip()) if scheme.lower() == SCHEME else HiddenText()
