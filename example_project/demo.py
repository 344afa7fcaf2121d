"""Post a story of signed events to the example project over HTTP, and compare.

Exit status 0 only if every request got its answer and every row is what Stripe has last.
"""

from __future__ import annotations

import os
import secrets
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from demo_story import LAST_STATE, OK, Step, story

from stripe_integrations.testing import WebhookURL

FOLDER = Path(__file__).resolve().parent
MANAGE = [sys.executable, str(FOLDER / "manage.py")]


def main() -> int:
    secret = f"whsec_{secrets.token_hex(16)}"
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "demo.sqlite3"
        with served(database, secret) as port:
            results = [(step, tell(step, port, secret)) for step in story()]
        return report(results, database)


@contextmanager
def served(database: Path, secret: str) -> Iterator[int]:
    """Migrate a new database and serve the example project; yield its port."""
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": f"sqlite:///{database}",
        "STRIPE_API_KEY": "sk_test_demo",
        "STRIPE_API_BASE": f"http://127.0.0.1:{free_port()}",  # nobody is there: nothing is asked
        "STRIPE_WEBHOOK_SECRET": secret,
    }
    print("migrating a new SQLite database …", flush=True)
    subprocess.run([*MANAGE, "migrate", "--verbosity", "0"], env=environment, check=True)
    print(f"serving the example project on 127.0.0.1:{port} …", flush=True)
    with tempfile.TemporaryFile() as log:
        server = subprocess.Popen(
            [*MANAGE, "runserver", "--noreload", f"127.0.0.1:{port}"],
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            wait_for(port, server)
            yield port
        finally:
            server.terminate()
            server.wait()


def free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    for _ in range(150):
        if server.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.2)
        else:
            return
    sys.exit("The example project's server did not start: try `make run`.")


def tell(step: Step, port: int, secret: str) -> list[int]:
    """Post a step as often as it says, all at once; return the statuses."""
    print(f"  {step.event['type']:40} {step.title}", flush=True)
    with ThreadPoolExecutor(step.times) as pool:
        posts = [pool.submit(post, step, port, secret) for _ in range(step.times)]
        return [each.result() for each in posts]


def post(step: Step, port: int, secret: str) -> int:
    key = secrets.token_hex(16) if step.forged else secret
    webhook = WebhookURL(f"http://127.0.0.1:{port}/stripe/webhook", key)
    return webhook.send(step.event).status_code


def report(results: list[tuple[Step, list[int]]], database: Path) -> int:
    """Print what was sent and what the database holds; return the exit status."""
    wrong = 0
    print(f"\n{'sent':40} {'what':36} {'status':16} as it should")
    for step, statuses in results:
        right = statuses == [step.status] * step.times
        wrong += not right
        shown = " ".join(map(str, statuses))
        print(f"{step.event['type']:40} {step.title:36} {shown:16} {mark(right)}")

    print(f"\n{'row':20} {'column':22} {'Stripe':24} {'database':24} equal")
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        for table, objects in LAST_STATE.items():
            rows = {row["id"]: dict(row) for row in connection.execute(f"SELECT * FROM {table}")}  # noqa: S608
            for id_, columns in objects.items():
                wrong += compare(id_, columns, rows.pop(id_, {}))
            for id_ in rows:
                wrong += 1
                print(f"{id_:20} is a row that Stripe has not")
        wrong += compare("all", counts(results), stored(connection))

    sent = sum(step.times for step, _ in results)
    print(f"\n{sent} requests, {wrong} differences")
    return 1 if wrong else 0


def compare(id_: str, expected: dict[str, Any], row: dict[str, Any]) -> int:
    """Print a row beside what Stripe has; return how many columns differ."""
    differences = 0
    for column, value in expected.items():
        found = row.get(column, "no row")
        differences += found != value
        print(f"{id_:20} {column:22} {value!s:24} {found!s:24} {mark(found == value)}")
    return differences


def counts(results: list[tuple[Step, list[int]]]) -> dict[str, int]:
    accepted = {step.event["id"] for step, _ in results if step.status == OK}
    return {"events stored": len(accepted), "events processed": len(accepted), "notices": 1}


def stored(connection: sqlite3.Connection) -> dict[str, int]:
    queries = {
        "events stored": "SELECT COUNT(*) FROM stripe_integrations_event",
        "events processed": "SELECT COUNT(*) FROM stripe_integrations_event "
        "WHERE status = 'processed'",
        "notices": "SELECT COUNT(*) FROM billing_notice",
    }
    return {name: connection.execute(query).fetchone()[0] for name, query in queries.items()}


def mark(right: bool) -> str:
    return "yes" if right else "NO"


if __name__ == "__main__":
    sys.exit(main())
