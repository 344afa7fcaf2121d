"""Processes that a test starts and kills: a server, workers, and clients that post."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import Any

from stripe_integrations.testing import sign

SECRET = "whsec_test"
#: Seconds that anything may take before the test fails.
PATIENCE = 300


def free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@dataclass
class Process:
    """A process with its children: a group of its own, ended as one."""

    command: list[str]
    environment: dict[str, str]
    log: Any
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.running = subprocess.Popen(
            [sys.executable, "-m", *self.command],
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        assert self.running is not None
        self.running.terminate()
        self.running.wait(PATIENCE)
        self.running = None

    def kill(self) -> None:
        """End it, and what it started, as power cuts do."""
        if self.running is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.running.pid, signal.SIGKILL)
            self.running.wait()
            self.running = None


@dataclass
class Server(Process):
    """Several processes of several threads that serve the webhook."""

    port: int = field(default_factory=free_port)

    def start(self) -> None:
        super().start()
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            with suppress(OSError), closing(socket.create_connection(("127.0.0.1", self.port), 1)):
                return
            time.sleep(0.05)
        raise AssertionError("The server does not start.")


def server(environment: dict[str, str], log: Any) -> Server:
    port = free_port()
    options = ["--workers", "3", "--threads", "4", "--bind", f"127.0.0.1:{port}"]
    command = ["gunicorn", "--log-level", "warning", *options, "tests.faults.wsgi"]
    return Server(command, environment, log, port=port)


def post(port: int, messages: list[dict[str, Any]], *, retries: bool, seed: int) -> list[int]:
    """Post events, in an order of the seed's; return the statuses, 0 for no answer.

    With `retries`, each is posted until it is answered 2xx, as Stripe does, but faster.
    """
    order = random.Random(seed)
    left, statuses = list(messages), []
    order.shuffle(left)
    give_up = time.monotonic() + PATIENCE * 5
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while left:
        refused = []
        for message in left:
            status = _post(connection, json.dumps(message).encode())
            statuses.append(status)
            if not 200 <= status < 300:
                refused.append(message)
        left = refused if retries else []
        order.shuffle(left)
        assert time.monotonic() < give_up, f"{len(left)} events are never taken."
        if left:
            time.sleep(order.uniform(0, 0.3))
    connection.close()
    return statuses


def _post(connection: http.client.HTTPConnection, body: bytes) -> int:
    headers = {"Content-Type": "application/json", **sign(body, SECRET)}
    try:
        connection.request("POST", "/stripe/webhook", body=body, headers=headers)
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return 0
    return response.status
