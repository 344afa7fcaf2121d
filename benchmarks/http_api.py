"""A fake API on a port of its own: it prints the port, and serves until it is ended."""

from __future__ import annotations

import asyncio
from email.utils import formatdate
from typing import Protocol


class Api(Protocol):
    """What answers: `latency` is in seconds, and `GET /count` is answered without it."""

    latency: float

    def get(self, target: str) -> tuple[int, str]:
        """Return the status and the body of an answer."""
        ...


class Connection(asyncio.Protocol):
    """A connection that is kept. Any POST is answered `{}` at once."""

    def __init__(self, api: Api) -> None:
        self.api, self.received = api, b""
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data
        head, end, body = self.received.partition(b"\r\n\r\n")
        if not end:
            return
        method, target, *_ = head.decode().split(" ", 2)
        if method == "POST":
            length = int(head.lower().split(b"content-length: ")[1].split()[0])
            if len(body) == length:
                self._answer(200, "{}")
            return
        loop = asyncio.get_running_loop()
        began = loop.time()
        status, answer = self.api.get(target)
        if self.api.latency and target != "/count":
            # The latency is counted from the request on, as a client sees it.
            loop.call_at(began + self.api.latency, self._answer, status, answer)
        else:
            self._answer(status, answer)

    def _answer(self, status: int, answer: str) -> None:
        self.received = b""
        body = answer.encode()
        head = (
            f"HTTP/1.1 {status} Status\r\nContent-Type: application/json\r\n"
            f"Request-Id: req_bench\r\nDate: {formatdate(usegmt=True)}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.transport.write(head.encode() + body)


def run(api: Api) -> None:
    """Serve an API."""
    asyncio.run(_serve(api))


async def _serve(api: Api) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(api), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
