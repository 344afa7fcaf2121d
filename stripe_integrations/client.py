"""The only place that talks to Stripe.

Plain dicts come back, never a StripeObject: those differ by SDK version, cost nine times the time,
and follow addresses found in a body. Errors are `stripe.StripeError`, as the SDK raises them.
"""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import stripe

from stripe_integrations import __version__, conf, http_connections
from stripe_integrations.answers import NO_OBJECT, answer_of, is_json, parse_body
from stripe_integrations.answers import Answer as Answer
from stripe_integrations.api_calls import with_key
from stripe_integrations.api_calls import within as within
from stripe_integrations.http_client import HTTPClient, KeyedHTTPClient, UnparsedHTTPClient
from stripe_integrations.masking import HiddenText

PAGE_SIZE = 100
#: How the paths of API v2 begin.
V2 = "/v2/"
#: What the two versions of the API say of an object that is not there.
MISSING = ("resource_missing", "not_found")
#: The SDK logs whole answers at DEBUG, also those with an endpoint's or an intent's secret.
LOGGED_SECRET = re.compile(r"(whsec_|_secret_)\w+")
#: Seconds that an answer may take in all, from the connection to its last byte, while somebody
#: waits for ours.
IMPATIENT = 3


def check_account(account: Any) -> None:
    """Raise TypeError for what is neither None nor text, such as the row of an account."""
    if account is not None and not isinstance(account, str):
        raise TypeError(
            "Pass the id of a connected account as `account`, such as 'acct_1', not an object of "
            f"type {type(account).__name__}."
        )


def request(
    method: str,
    path: str,
    params: dict[str, Any] | None = None,
    *,
    account: str | None = None,
    idempotency_key: str | None = None,
    impatient: bool = False,
    api_key: str | None = None,
    keeps_text: bool = False,
) -> Answer:
    """Make one call, for a connected account if one is named; try it once if `impatient`.

    `api_key` takes the place of the settings' own. With `keeps_text`, the answer has its text.

    Raises stripe.StripeError; stripe.AuthenticationError when no key is configured; TypeError for
    an account that is no text.
    """
    key = api_key = conf.api_key(api_key)
    if not key:
        raise _no_key()
    check_account(account)
    whose = "stripe_context" if path.startswith(V2) else "stripe_account"
    options = {whose: account, "idempotency_key": idempotency_key}
    started = time.monotonic()
    sdk = _client(conf.get("API_VERSION"), conf.get("API_BASE"), impatient)
    arguments = {**(params or {}), **{name: value for name, value in options.items() if value}}
    with with_key(key), within(IMPATIENT) if impatient else nullcontext():
        try:
            response = sdk.raw_request(method, path, **arguments)
        except stripe.APIError as error:
            if not is_json(error.http_body):  # the SDK's message has all of it
                raise stripe.APIError(NO_OBJECT, http_status=error.http_status) from None
            raise
    data, text, has_fractions = parse_body(response.body.content)
    for holder, name in (
        (data, "client_secret"),
        (data, "secret"),
        (data.get("webhook_endpoint"), "signing_secret"),
    ):
        if isinstance(holder, dict) and isinstance(holder.get(name), str):
            holder[name] = HiddenText(holder[name])
    answer = answer_of(data, response.headers, started)
    return replace(answer, text=text, has_fractions=has_fractions) if keeps_text else answer


def api_version() -> str:
    """Return the API version that calls are made with, such as `2025-09-30.clover`."""
    version: str = conf.get("API_VERSION") or stripe.api_version
    return version


def get() -> stripe.StripeClient:
    """Return a client of the settings' key, version and address, for calls that have no verb here.

    ::

        client.get().v1.invoices.pay("in_…", options={"stripe_account": "acct_…"})

    It returns and raises what the SDK does, and tries a call again that was not answered, as the
    SDK does. The key is sent, and stands in no variable of the SDK's. Its `…_async` methods do not
    work. Raises stripe.AuthenticationError when no key is configured.
    """
    if not conf.api_key():
        raise _no_key()
    return _open_client(conf.get("API_VERSION"), conf.get("API_BASE"))


def find_object(
    path: str, params: dict[str, Any] | None = None, *, account: str | None = None
) -> Answer:
    """Read one object; the answer's data is empty if Stripe has no such object.

    It has a short timeout and is not tried again. Raises stripe.StripeError.
    """
    started = time.monotonic()
    try:
        return request("get", path, params, account=account, impatient=True)
    except stripe.StripeError as error:
        if error.code not in MISSING:
            raise
        return answer_of({}, error.headers or {}, started)


def read_list(path: str, params: dict[str, Any], *, account: str | None = None) -> Answer:
    """Read a page of a list, with its text. Raises stripe.StripeError."""
    return request("get", path, params, account=account, keeps_text=True)


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
        items, address = page.data.get("data") or [], page.data.get("next_page_url")
        if isinstance(address, str):
            # Of an address in an answer, only the token of the page is taken.
            following = {"page": parse_qs(urlsplit(address).query).get("page", [""])[0]}
        elif page.data.get("has_more") and items:
            following = {"starting_after": items[-1]["id"]}
        else:
            return


def plain(data: Any) -> Any:
    """Return what the SDK gave somebody as the dict it stands for; anything else as it is."""
    return json.loads(str(data)) if isinstance(data, stripe.StripeObject) else data


def replayed_from(error: stripe.StripeError) -> str | None:
    """Return the id of the earlier request that an error was the answer to, None if it is new."""
    headers = error.headers or {}
    if headers.get("idempotent-replayed") != "true":
        return None
    return str(headers.get("original-request") or error.request_id)


def resource_path(*parts: str) -> str:
    """Return the path of an API resource; each part is quoted, so that no id leaves its place.

    The first part of a resource of API v2 is `v2`.

    Raises ValueError for `.` and `..`, which leave it also when they are quoted.
    """
    if not {".", ".."}.isdisjoint(parts):
        raise ValueError("'.' and '..' are no ids of Stripe's.")
    path = "/" + "/".join(quote(part, safe="") for part in parts)
    return path if path.startswith(V2) else f"/v1{path}"


def hide_secrets(record: logging.LogRecord) -> bool:
    """Take endpoints' and clients' secrets out of a log record, and let it pass."""
    record.msg = LOGGED_SECRET.sub(r"\1…", str(record.msg))
    return True


def forget_connections() -> None:
    """Begin with new connections, and a circuit breaker that is closed."""
    _client.cache_clear()
    _open_client.cache_clear()


@lru_cache(maxsize=8)
def _client(version: str | None, base: str | None, impatient: bool) -> stripe.StripeClient:
    return _new_client(version, base, UnparsedHTTPClient(), 0 if impatient else None)


@lru_cache(maxsize=8)
def _open_client(version: str | None, base: str | None) -> stripe.StripeClient:
    return _new_client(version, base, KeyedHTTPClient(), None)


def _new_client(
    version: str | None, base: str | None, http_client: HTTPClient, retries: int | None
) -> stripe.StripeClient:
    logging.getLogger("stripe").addFilter(hide_secrets)
    stripe.set_app_info("stripe_integrations", version=__version__)
    return stripe.StripeClient(
        http_connections.PLACEHOLDER,
        stripe_version=version,
        base_addresses={"api": base} if base else {},
        http_client=http_client,
        max_network_retries=retries,
    )


def _no_key() -> stripe.AuthenticationError:
    return stripe.AuthenticationError(
        "No API key is configured: set STRIPE_INTEGRATIONS['API_KEY']."
    )
