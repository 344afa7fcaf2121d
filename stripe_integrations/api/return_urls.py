"""Where Stripe may send a customer back to: origins of the project's choice, and no others."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from rest_framework import serializers

from stripe_integrations import conf

PORTS = {"http": 80, "https": 443}
#: Characters of a URL that Stripe takes.
MAX_URL = 5000

#: A scheme, a host and a port.
Origin = tuple[str, str, int]


class ReturnURLField(serializers.CharField):
    """An absolute URL of an allowed origin; `{CHECKOUT_SESSION_ID}` may be in it."""

    default_error_messages = {
        "not_allowed": "This return URL is not allowed. Use an absolute one that begins with "
        "{origins}; STRIPE_INTEGRATIONS['RETURN_ORIGINS'] allows others."
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": MAX_URL, "trim_whitespace": False, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        url: str = super().to_internal_value(data)
        allowed = allowed_origins(self.context["request"])
        if origin(url) not in allowed:
            self.fail("not_allowed", origins=" or ".join(map(shown, allowed)))
        return url


def allowed_origins(request: Any) -> list[Origin]:
    """Return the origins of `RETURN_ORIGINS`; without, that of the request, also by https."""
    given = conf.get("RETURN_ORIGINS")
    if given is None:
        schemes = ["https"] if request.is_secure() else ["https", "http"]
        given = [f"{scheme}://{request.get_host()}" for scheme in schemes]
    return [known for each in given if (known := origin(each)) is not None]


def origin(url: str) -> Origin | None:
    """Return the origin of a URL; None for what browsers and Python could read differently."""
    # Of these, one drops what the other keeps, or takes a backslash for a slash.
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname or "@" in parts.netloc:
        return None
    return parts.scheme, parts.hostname, PORTS[parts.scheme] if port is None else port


def shown(given: Origin) -> str:
    """Return an origin as it is written."""
    scheme, host, port = given
    host = f"[{host}]" if ":" in host else host
    return f"{scheme}://{host}" if port == PORTS[scheme] else f"{scheme}://{host}:{port}"
