"""What the SDK makes its HTTP requests with."""

from __future__ import annotations

import io
import logging
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import requests
import stripe

from stripe_integrations import conf, counters, http_connections, opentelemetry
from stripe_integrations.api_calls import is_overdue, seconds_left, with_key
from stripe_integrations.choices import ApiReadResult, Counted
from stripe_integrations.circuit_breaker import MAX_FAILURES, PAUSE, CircuitBreaker
from stripe_integrations.context import current
from stripe_integrations.http_connections import Session

logger = logging.getLogger("stripe_integrations")

#: Seconds without a byte after which a request without a deadline fails, as in the SDK.
TIMEOUT = 80


class NotAsked(stripe.APIConnectionError):
    """Stripe's API was silent too often, and is left alone for a while."""


class HTTPClient(stripe.HTTPClient):
    """An HTTP client for `stripe.StripeClient`, on requests, with one session for each thread.

    Requests that have a deadline stop for a while after a few that were not answered by it.
    """

    name = "requests"

    def __init__(self) -> None:
        super().__init__()
        self._sessions = threading.local()
        self._breaker = CircuitBreaker()

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        **_kwargs: Any,
    ) -> tuple[Any, int, Mapping[str, str]]:
        """Send a request, and return body, status and headers of the answer.

        Raises stripe.APIConnectionError.
        """
        # Without the query, which may hold an e-mail address.
        with opentelemetry.span("stripe api", method=method.upper(), path=urlsplit(url).path):
            return self._counted(method, url, headers, post_data)

    def close(self) -> None:
        """Close the connections of this thread."""
        self._session().close()

    def _counted(self, method: str, *given: Any) -> tuple[Any, int, Mapping[str, str]]:
        """Send a request; a read is counted by its result."""
        result = ApiReadResult.SILENT
        try:
            answer = self._send(method, *given)
            result = ApiReadResult.ERROR if answer[1] >= 400 else ApiReadResult.ANSWERED
            return answer
        except NotAsked:
            result = ApiReadResult.NOT_ASKED
            raise
        finally:
            if method.lower() == "get":
                counters.count(Counted.API_READS, result)

    def _send(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any
    ) -> tuple[Any, int, Mapping[str, str]]:
        if current().deadline is not None and not self._breaker.allows_call():
            raise NotAsked(  # type: ignore[no-untyped-call]
                f"Stripe's API was silent {MAX_FAILURES} times in a row, so for {PAUSE} seconds it "
                "is not asked again.",
                should_retry=False,
            )
        try:
            response = self._session().request(
                method,
                url,
                headers=headers,
                data=post_data,
                timeout=seconds_left() or TIMEOUT,
                verify=stripe.ca_bundle_path,
            )
        except (requests.RequestException, OSError, ValueError) as error:
            if is_overdue() and self._breaker.note_failure():
                logger.warning("Stripe's API is silent: not asked for %s seconds.", PAUSE)
            raise _connection_error(error) from error
        self._breaker.note_success()
        return response.content, response.status_code, response.headers

    def _session(self) -> Session:
        if not hasattr(self._sessions, "session"):
            self._sessions.session = Session()
        session: Session = self._sessions.session
        return session


class UnparsedBody(str):
    """An answer's body that the SDK takes for an empty object, so that only we parse it.

    The SDK makes an ordered dict of each object, which takes three times as long.
    """

    __slots__ = ("content",)
    content: bytes

    def __new__(cls, content: bytes) -> UnparsedBody:
        """Keep the body as it was sent."""
        self = super().__new__(cls, "{}")
        self.content = content
        return self


class UnparsedHTTPClient(HTTPClient):
    """One that lets the SDK parse errors only."""

    def request(self, *args: Any, **kwargs: Any) -> tuple[Any, int, Mapping[str, str]]:
        """Send a request. Raises stripe.APIConnectionError."""
        body, status, headers = super().request(*args, **kwargs)
        return UnparsedBody(body) if 200 <= status < 300 else body, status, headers


class KeyedHTTPClient(HTTPClient):
    """One that sends the API key of the settings, as it is at each request."""

    def request(self, *args: Any, **kwargs: Any) -> tuple[Any, int, Mapping[str, str]]:
        """Send a request. Raises stripe.APIConnectionError."""
        with with_key(conf.api_key() or http_connections.PLACEHOLDER):
            return super().request(*args, **kwargs)

    def request_stream(self, *args: Any, **kwargs: Any) -> tuple[Any, int, Mapping[str, str]]:
        """Send a request, and return the answer's body as a file; it is read whole."""
        body, status, headers = self.request(*args, **kwargs)
        return io.BytesIO(body), status, headers


def _connection_error(error: Exception) -> stripe.APIConnectionError:
    is_tls = isinstance(error, requests.exceptions.SSLError)
    passing = isinstance(error, (requests.Timeout, requests.ConnectionError)) and not is_tls
    advice = (
        "Its TLS certificate could not be verified: look at what intercepts the connection"
        if is_tls
        else "Look at the network, at HTTPS_PROXY, and at STRIPE_INTEGRATIONS['API_BASE']"
    )
    return stripe.APIConnectionError(  # type: ignore[no-untyped-call]
        f"Stripe's API could not be reached. {advice}. ({type(error).__name__}: {error})",
        should_retry=passing,
    )
