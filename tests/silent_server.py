"""A server that accepts connections and then says nothing, or one byte after the other."""

from __future__ import annotations

import contextlib
import socket
import threading
import time

HEAD = b"HTTP/1.1 200 OK\r\nDate: Sat, 21 Nov 2026 12:00:00 GMT\r\nContent-Length: 1000\r\n\r\n"
#: What is sent at once, and what follows it, a byte at a time.
MODES = {
    "silent": (b"", b""),
    "drips headers": (b"", HEAD),
    "drips the body": (HEAD, b" " * 1000),
}
SECONDS_PER_BYTE = 0.2


class SilentServer:
    """A context manager; `connections` counts how many were accepted, `closed` were closed."""

    def __init__(self, mode: str = "silent") -> None:
        self.at_once, self.dripped = MODES[mode]
        self.connections = self.closed = 0
        self.stopped, self.lock = threading.Event(), threading.Lock()
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.url = f"http://{self.address}"
        self.threads: list[threading.Thread] = []

    def __enter__(self) -> SilentServer:
        self.start(self.accept)
        return self

    def __exit__(self, *_exc: object) -> None:
        self.stopped.set()
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for thread in self.threads:
            thread.join(timeout=5)

    def start(self, target, *args) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self.threads.append(thread)
        thread.start()

    def accept(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            self.start(self.answer, connection)

    def answer(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65536)
            connection.sendall(self.at_once)
            for byte in self.dripped:
                if self.stopped.wait(SECONDS_PER_BYTE):
                    return
                connection.sendall(bytes([byte]))
            is_closed = connection.recv(1) == b""
            with self.lock:
                self.closed += is_closed


@contextlib.contextmanager
def taking(at_most: float, at_least: float = 0.0):
    """Hold a block to a number of seconds."""
    began = time.monotonic()
    yield
    took = time.monotonic() - began
    assert at_least <= took <= at_most, took
