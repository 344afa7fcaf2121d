"""A proxy before PostgreSQL that counts: it sees BEGIN and COMMIT and whatever a driver adds.

The server ends each statement with CommandComplete, or an error, and says ReadyForQuery each time
that it has answered all it was sent: so many times the client waited.
"""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress

STATEMENT_ENDS = b"CIE"  # CommandComplete, EmptyQueryResponse, ErrorResponse
READY = ord("Z")


class CountingProxy:
    def __init__(self, host: str, port: int) -> None:
        self.server = (host, port)
        self.statements = self.round_trips = 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        # Without the shutdown, the thread that accepts would go on waiting.
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                server = socket.create_connection(self.server)
                for end in (client, server):
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._forward, args=(client, server), daemon=True).start()
                threading.Thread(target=self._count, args=(server, client), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        with suppress(OSError), server:
            while data := client.recv(65536):
                server.sendall(data)
            server.shutdown(socket.SHUT_RDWR)

    def _count(self, server: socket.socket, client: socket.socket) -> None:
        waiting = b""
        with suppress(OSError), client:
            while data := server.recv(65536):
                # Counted before it is passed on: the client knows an answer only afterwards.
                waiting = self._count_messages(waiting + data)
                client.sendall(data)

    def _count_messages(self, data: bytes) -> bytes:
        """Count the whole messages in it, a type and a length each, and return what is left."""
        while len(data) >= 5:
            kind, length = struct.unpack_from("!BI", data)
            if len(data) <= length:
                break
            with self.lock:
                self.statements += kind in STATEMENT_ENDS
                self.round_trips += kind == READY
            data = data[length + 1 :]
        return data
