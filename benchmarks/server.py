"""A contender's project, served by gunicorn."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import closing, suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Seconds that a server may take to start, and to end.
PATIENCE = 30
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """Two processes of four threads, unless told otherwise; a context manager."""

    def __init__(
        self, python: Path, environment: dict[str, str], workers: int = 2, threads: int = 4
    ) -> None:
        with closing(socket.create_server(("127.0.0.1", 0))) as listener:
            self.port: int = listener.getsockname()[1]
        self.environment = environment
        self.command = [
            str(python),
            *("-m", "gunicorn", "django.core.wsgi:get_wsgi_application()"),
            # With one thread, gunicorn's choice would be a worker that closes each connection.
            "--worker-class=gthread",
            f"--workers={workers}",
            f"--threads={threads}",
            "--keep-alive=30",
            "--log-level=warning",
            f"--bind=127.0.0.1:{self.port}",
        ]

    def __enter__(self) -> Server:
        self.process = subprocess.Popen(
            self.command, cwd=ROOT, env={**os.environ, **self.environment}
        )
        give_up = time.monotonic() + PATIENCE
        while time.monotonic() < give_up:
            with suppress(OSError), closing(socket.create_connection(("127.0.0.1", self.port))):
                return self
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        self.__exit__()
        raise SystemExit(f"The server does not start: {' '.join(self.command)}")

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def cpu_seconds(self) -> float:
        """Return what the workers have used, user and system."""
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                # What follows the name in parentheses, which may hold anything.
                values = stat.read_text().rpartition(")")[2].split()
                parent, user, system = int(values[1]), int(values[11]), int(values[12])
                ticks += (user + system) if parent == self.process.pid else 0
        return ticks / TICKS
