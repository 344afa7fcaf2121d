"""What is checked of the URL of Stripe's API."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.core.checks import CheckMessage, Error

from stripe_integrations import conf


def api_base() -> Iterator[CheckMessage]:
    """Find an `API_BASE` to which no path of the API can be appended."""
    given = conf.get("API_BASE")
    if given is not None and not _is_base(given):
        yield Error(
            "STRIPE_INTEGRATIONS['API_BASE'] is not the URL of a server.",
            hint=(
                "Write it as http://127.0.0.1:12111, without a slash at its end. Leave it out to "
                "use Stripe's own API."
            ),
            id="stripe_integrations.E028",
        )


def _is_base(given: object) -> bool:
    if not isinstance(given, str):
        return False
    try:
        parts = urlsplit(given)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    is_http = parts.scheme in ("http", "https")
    return is_http and has_host and not given.endswith("/") and not parts.query + parts.fragment
