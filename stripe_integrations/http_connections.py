"""Connections that end at the deadline, and that alone know the API key.

The SDK and requests are given a placeholder. The key takes its place in the bytes that go to the
socket, so that no variable of theirs, which an error page shows, ever holds it.
"""

from __future__ import annotations

import http.client
import io
import socket
from contextlib import suppress
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.util.connection import create_connection

from stripe_integrations.api_calls import seconds_left
from stripe_integrations.context import current
from stripe_integrations.masking import HiddenBytes

#: What the SDK takes for the API key.
PLACEHOLDER = "sk_placeholder"
PLACEHOLDER_LINE = f"Authorization: Bearer {PLACEHOLDER}\r\n".encode()


class Session(requests.Session):
    """A session of requests with our connections."""

    def __init__(self) -> None:
        super().__init__()
        self.mount("https://", Adapter())
        self.mount("http://", Adapter())


class Adapter(HTTPAdapter):
    """What requests makes connections with, direct ones and those through an HTTP proxy."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        if proxy.lower().startswith("socks"):
            raise requests.exceptions.InvalidProxyURL(
                "SOCKS proxies are not supported: name an HTTP proxy in HTTPS_PROXY."
            )
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager


class Reader(io.RawIOBase):
    """The bytes of a socket; each read waits until the deadline at most."""

    def __init__(self, connected: socket.socket, raw: io.RawIOBase) -> None:
        self._socket, self._raw = connected, raw

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        _limit(self._socket)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class Response(http.client.HTTPResponse):
    """An answer that is read until the deadline at most, from its first line to its last byte."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self.fp = io.BufferedReader(Reader(sock, self.fp.detach()))


class DeadlineMixin:
    """What both kinds of connection have: the deadline, and the API key."""

    response_class = Response

    def _new_conn(self: Any) -> socket.socket:
        if current().deadline is None:
            return super()._new_conn()  # type: ignore[misc, no-any-return]
        connected: socket.socket = self._connected()
        try:
            _limit(connected)  # for the TLS handshake
        except TimeoutError:
            connected.close()
            raise
        return connected

    def _connected(self: Any) -> Any:
        # urllib3 gives each address of the host the whole time.
        addresses = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        for *_, address in addresses[:-1]:
            with suppress(OSError):
                return self._connected_to(address)
        return self._connected_to(addresses[-1][-1])

    def _connected_to(self: Any, address: Any) -> Any:
        return create_connection(
            address[:2],
            seconds_left(),
            source_address=self.source_address,
            socket_options=self.socket_options,
        )

    def send(self: Any, data: Any) -> None:
        if isinstance(data, bytes):
            line = current().authorization or PLACEHOLDER_LINE
            data = HiddenBytes(data.replace(PLACEHOLDER_LINE, line, 1))
        super().send(data)  # type: ignore[misc]


class PlainConnection(DeadlineMixin, HTTPConnection):  # type: ignore[misc]
    """A connection without TLS, to a proxy or in a test."""


class TLSConnection(DeadlineMixin, HTTPSConnection):  # type: ignore[misc]
    """A connection with TLS."""


class PlainPool(HTTPConnectionPool):
    ConnectionCls = PlainConnection


class TLSPool(HTTPSConnectionPool):
    ConnectionCls = TLSConnection


POOLS = {"http": PlainPool, "https": TLSPool}


def _limit(connected: socket.socket) -> None:
    left = seconds_left()
    if left is not None:
        connected.settimeout(left)
