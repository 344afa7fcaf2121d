"""Post a load over keep-alive connections, as fast as it is answered; a process of its own.

    python -m benchmarks.client '{"port": …, "path": …, "secret": …, "prefix": …, "events": …}'

prints one line of JSON: seconds, CPU seconds of this process, and the latency of each delivery.
One thread waits for all connections, which costs a fraction of what any server here does.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import selectors
import socket
import sys
import time

from benchmarks.load import Load

CONNECTIONS = 8
#: Deliveries after which a connection is made anew: else it is luck how many each worker gets.
PER_CONNECTION = 50
#: Seconds that the server may take for an answer.
PATIENCE = 60


class Connection:
    """One after another, the deliveries of its share."""

    def __init__(self, port: int, path: str, secret: str, share: list[bytes]) -> None:
        self.port, self.secret = port, secret
        self.head = (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: Stripe/1.0\r\n"
            "Content-Type: application/json; charset=utf-8\r\nAccept: */*\r\n"
        )
        self.share = iter(share)
        self.left = 0
        self.socket: socket.socket | None = None
        self.answer = b""
        self.sent_at = 0.0
        self.latencies: list[float] = []

    def send(self, selector: selectors.BaseSelector) -> bool:
        """Send the next one; return False when all are sent."""
        body = next(self.share, None)
        if body is None or not self.left:
            self._close(selector)
        if body is None:
            return False
        self.sent_at = time.perf_counter()
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), PATIENCE)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(self.socket, selectors.EVENT_READ, self)
            self.left = PER_CONNECTION
        self.left -= 1
        self.socket.sendall(self._request(body))
        return True

    def receive(self) -> bool:
        """Take what has arrived; return whether the answer is whole."""
        assert self.socket is not None
        received = self.socket.recv(65536)
        if not received:
            raise SystemExit("The server closed a connection before it answered.")
        self.answer += received
        head, end, body = self.answer.partition(b"\r\n\r\n")
        if not end or len(body) < int(head.lower().split(b"content-length: ")[1].split()[0]):
            return False
        if not head.startswith(b"HTTP/1.1 200 "):
            raise SystemExit(f"A delivery was refused: {self.answer.decode(errors='replace')}")
        self.latencies.append(time.perf_counter() - self.sent_at)
        self.answer = b""
        return True

    def _request(self, body: bytes) -> bytes:
        now = int(time.time())
        signature = hmac.new(self.secret.encode(), b"%d." % now + body, hashlib.sha256).hexdigest()
        head = (
            f"{self.head}Stripe-Signature: t={now},v1={signature}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def _close(self, selector: selectors.BaseSelector) -> None:
        if self.socket is not None:
            selector.unregister(self.socket)
            self.socket.close()
            self.socket = None


def post(load: Load, port: int, path: str, secret: str) -> dict[str, object]:
    """Send a load, and return what it took."""
    selector = selectors.DefaultSelector()
    shares = load.shares(CONNECTIONS)
    connections = [Connection(port, path, secret, share) for share in shares]
    began, cpu = time.perf_counter(), time.process_time()
    busy = sum(connection.send(selector) for connection in connections)
    while busy:
        ready = selector.select(PATIENCE)
        if not ready:
            raise SystemExit(f"The server gives no answer within {PATIENCE} seconds.")
        for key, _ in ready:
            if key.data.receive() and not key.data.send(selector):
                busy -= 1
    return {
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "latencies": [each for connection in connections for each in connection.latencies],
    }


if __name__ == "__main__":
    options = json.loads(sys.argv[1])
    load = Load(options.pop("prefix"), options.pop("events"))
    print(json.dumps(post(load, **options)))
