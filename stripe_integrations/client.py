"""The only place that talks to Stripe.

Plain dicts come back, never a StripeObject: those differ by SDK version, cost nine times the time,
and follow addresses found in a body. Errors are `stripe.StripeError`, as the SDK raises them.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import stripe

from stripe_integrations import __version__, conf

PAGE_SIZE = 100


@dataclass(frozen=True)
class Answer:
    """An answer of the API, and between which Stripe times (Unix seconds) it was read."""

    data: dict[str, Any]
    fetched_at: int
    as_of: int
    #: Whether it is the answer to an earlier request with the same idempotency key.
    replayed: bool = False


def request(
    method: str,
    path: str,
    params: dict[str, Any] | None = None,
    *,
    account: str | None = None,
    idempotency_key: str | None = None,
) -> Answer:
    """Make one call, for a connected account if one is named.

    Raises stripe.StripeError; stripe.AuthenticationError when no key is configured.
    """
    key = conf.api_key()
    if not key:
        raise stripe.AuthenticationError(
            "No API key is configured: set STRIPE_INTEGRATIONS['API_KEY']."
        )
    options = {"stripe_account": account, "idempotency_key": idempotency_key}
    started = time.monotonic()
    response = _client(key, conf.get("API_VERSION"), conf.get("API_BASE")).raw_request(
        method, path, **(params or {}), **{name: value for name, value in options.items() if value}
    )
    elapsed = time.monotonic() - started
    ended = _date(response.headers)
    # `Date` has whole seconds: the answer was made up to a second after it.
    return Answer(
        json.loads(response.body),
        fetched_at=math.floor(ended - elapsed),
        as_of=ended + 1,
        replayed=response.headers.get("idempotent-replayed") == "true",
    )


def pages(
    path: str, params: dict[str, Any] | None = None, *, account: str | None = None
) -> Iterator[Answer]:
    """Read a list to its end, a page at a time, oldest page last as Stripe sends them."""
    following: dict[str, Any] = {}
    while True:
        page = request(
            "get", path, {"limit": PAGE_SIZE, **(params or {}), **following}, account=account
        )
        yield page
        items = page.data.get("data") or []
        if not page.data.get("has_more") or not items:
            return
        following = {"starting_after": items[-1]["id"]}


def plain(data: Any) -> Any:
    """Return what the SDK gave somebody as the dict it stands for; anything else as it is."""
    return json.loads(str(data)) if isinstance(data, stripe.StripeObject) else data


def resource_path(*parts: str) -> str:
    """Return the path of an API resource; each part is quoted, so that no id leaves its place."""
    return "/v1/" + "/".join(quote(part, safe="") for part in parts)


def _date(headers: Any) -> int:
    try:
        return int(parsedate_to_datetime(headers["date"]).timestamp())
    except (KeyError, ValueError) as error:
        raise stripe.APIError(
            "The answer has no valid Date header, without which its age is unknown: "
            "let the proxy at API_BASE pass it on."
        ) from error


@lru_cache(maxsize=8)
def _client(key: str, version: str | None, base: str | None) -> stripe.StripeClient:
    stripe.set_app_info("stripe_integrations", version=__version__)
    return stripe.StripeClient(
        key,
        stripe_version=version,
        base_addresses={"api": base} if base else {},
    )
