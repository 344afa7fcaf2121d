"""The only place that talks to Stripe.

Plain dicts come back, never a StripeObject: those differ by SDK version, cost nine times the time,
and follow addresses found in a body. Errors are `stripe.StripeError`, as the SDK raises them.
"""

from __future__ import annotations

import json
import logging
import math
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import stripe

from stripe_integrations import __version__, conf
from stripe_integrations.hidden import HiddenText

PAGE_SIZE = 100
#: The SDK logs whole answers at DEBUG, also the one that tells a new endpoint's secret.
SIGNING_SECRET = re.compile(r"whsec_\w+")
#: Seconds that an answer may take while somebody waits for ours.
IMPATIENT = 3


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
    impatient: bool = False,
    api_key: str | None = None,
) -> Answer:
    """Make one call, for a connected account if one is named; try it once if `impatient`.

    `api_key` takes the place of the settings' own.

    Raises stripe.StripeError; stripe.AuthenticationError when no key is configured.
    """
    key = conf.api_key(api_key)
    if not key:
        raise stripe.AuthenticationError(
            "No API key is configured: set STRIPE_INTEGRATIONS['API_KEY']."
        )
    options = {"stripe_account": account, "idempotency_key": idempotency_key}
    started = time.monotonic()
    sdk = _client(key, conf.get("API_VERSION"), conf.get("API_BASE"), impatient)
    response = sdk.raw_request(
        method, path, **(params or {}), **{name: value for name, value in options.items() if value}
    )
    data = json.loads(response.body)
    if not isinstance(data, dict):
        raise stripe.APIError("The API's answer is no JSON object: look at what is at API_BASE.")
    if isinstance(data.get("secret"), str):
        data["secret"] = HiddenText(data["secret"])
    return _answer(data, response.headers, started)


def look_up(path: str, *, account: str | None = None) -> Answer:
    """Read one object, impatiently; the answer's data is empty if Stripe has no such object.

    Raises stripe.StripeError.
    """
    started = time.monotonic()
    try:
        return request("get", path, account=account, impatient=True)
    except stripe.InvalidRequestError as error:
        if error.code != "resource_missing":
            raise
        return _answer({}, error.headers or {}, started)


def pages(
    path: str,
    params: dict[str, Any] | None = None,
    *,
    account: str | None = None,
    impatient: bool = False,
) -> Iterator[Answer]:
    """Read a list to its end, a page at a time, oldest page last as Stripe sends them."""
    following: dict[str, Any] = {}
    while True:
        asked = {"limit": PAGE_SIZE, **(params or {}), **following}
        page = request("get", path, asked, account=account, impatient=impatient)
        yield page
        items = page.data.get("data") or []
        if not page.data.get("has_more") or not items:
            return
        following = {"starting_after": items[-1]["id"]}


def plain(data: Any) -> Any:
    """Return what the SDK gave somebody as the dict it stands for; anything else as it is."""
    return json.loads(str(data)) if isinstance(data, stripe.StripeObject) else data


def resource_path(*parts: str) -> str:
    """Return the path of an API resource; each part is quoted, so that no id leaves its place.

    Raises ValueError for `.` and `..`, which leave it also when they are quoted.
    """
    if not {".", ".."}.isdisjoint(parts):
        raise ValueError("'.' and '..' are no ids of Stripe's.")
    return "/v1/" + "/".join(quote(part, safe="") for part in parts)


def _answer(data: dict[str, Any], headers: Any, started: float) -> Answer:
    elapsed = time.monotonic() - started
    ended = _date(headers)
    # `Date` has whole seconds: the answer was made up to a second after it.
    return Answer(
        data,
        fetched_at=math.floor(ended - elapsed),
        as_of=ended + 1,
        replayed=headers.get("idempotent-replayed") == "true",
    )


def _date(headers: Any) -> int:
    try:
        return int(parsedate_to_datetime(headers["date"]).timestamp())
    except (KeyError, ValueError) as error:
        raise stripe.APIError(
            "The answer has no valid Date header, without which its age is unknown: "
            "let the proxy at API_BASE pass it on."
        ) from error


def hide_secrets(record: logging.LogRecord) -> bool:
    """Take signing secrets out of a log record, and let it pass."""
    record.msg = SIGNING_SECRET.sub("whsec_…", str(record.msg))
    return True


@lru_cache(maxsize=8)
def _client(
    key: str, version: str | None, base: str | None, impatient: bool
) -> stripe.StripeClient:
    logging.getLogger("stripe").addFilter(hide_secrets)
    stripe.set_app_info("stripe_integrations", version=__version__)
    http = stripe.new_default_http_client(timeout=IMPATIENT) if impatient else None
    return stripe.StripeClient(
        key,
        stripe_version=version,
        base_addresses={"api": base} if base else {},
        http_client=http,
        max_network_retries=0 if impatient else None,
    )
