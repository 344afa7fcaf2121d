"""A first sync of customers: ours beside dj-stripe, and beside the least that fills a table.

`make bench-sync` runs it. SYNC_CUSTOMERS=10000, SYNC_LATENCY=100 (milliseconds), SYNC_ROUNDS=3 and
SYNC_MEMORY=100000 (customers of the run that only looks at memory; 0 for none) change it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median

import psycopg

from benchmarks.contenders import DJSTRIPE, FLOOR, OURS_REFUSED, Contender
from benchmarks.counting_proxy import CountingProxy
from benchmarks.databases import Databases
from benchmarks.server import ROOT

DJSTRIPE_CUSTOMERS = 200


@dataclass(frozen=True)
class Measured:
    """What one contender did with so many customers."""

    name: str
    customers: int
    seconds: float
    peak: int
    calls: int
    statements: float

    @property
    def per_second(self) -> float:
        return self.customers / self.seconds


class SyncBench:
    def __init__(self) -> None:
        self.databases = Databases(os.environ["POSTGRES_URL"])
        self.customers = int(os.environ.get("SYNC_CUSTOMERS", "10000"))
        self.latency = float(os.environ.get("SYNC_LATENCY", "100")) / 1000
        self.rounds = int(os.environ.get("SYNC_ROUNDS", "3"))
        self.memory = int(os.environ.get("SYNC_MEMORY", "100000"))

    def run(self) -> None:
        print("customers a second; statements are those of 100 customers")
        far, near = [], []
        for _ in range(self.rounds):
            alone = self.measure("API alone", FLOOR, self.latency, BENCH_READ_ONLY="1")
            one = self.measure("ours, 1 reader", OURS_REFUSED, self.latency, BENCH_CONCURRENCY="1")
            eight = self.measure(
                "ours, 8 readers", OURS_REFUSED, self.latency, BENCH_CONCURRENCY="8"
            )
            far.append((one.per_second / alone.per_second, eight.per_second / one.per_second))
            floor = self.measure("floor", FLOOR, 0)
            ours = self.measure("ours, 1 reader", OURS_REFUSED, 0, BENCH_CONCURRENCY="1")
            near.append(ours.per_second / floor.per_second)
        theirs = self.measure("dj-stripe", DJSTRIPE, self.latency, customers=DJSTRIPE_CUSTOMERS)
        print(
            f"\nMedians of {self.rounds} rounds. With the API {self.latency * 1000:.0f} ms away: "
            f"1 reader / the API alone {median(each for each, _ in far):.2f}; "
            f"8 readers / 1 reader {median(each for _, each in far):.2f}; "
            f"8 readers / dj-stripe {eight.per_second / theirs.per_second:.0f}"
            f"\nWith no latency: ours / the floor {median(near):.2f}"
        )
        if self.memory:
            self.measure("ours", OURS_REFUSED, 0, customers=self.memory, BENCH_CONCURRENCY="4")

    def measure(
        self,
        name: str,
        contender: Contender,
        latency: float,
        *,
        customers: int | None = None,
        **environment: str,
    ) -> Measured:
        """Fill an empty database once, and print how that went."""
        count = customers or self.customers
        self.databases.create(contender.database)
        proxy = CountingProxy(*self.databases.address)
        try:
            with _list_api(count, latency) as port:
                known = {
                    "DJANGO_SETTINGS_MODULE": f"benchmarks.projects.{contender.project}.settings",
                    "DATABASE_URL": self.databases.url(contender.database, proxy.port),
                    "BENCH_API": f"http://127.0.0.1:{port}",
                    **contender.environment,
                    **environment,
                }
                _run(contender, "prepare", known)
                before, calls = proxy.statements, _calls(port)
                told = json.loads(_run(contender, "sync", known).splitlines()[-1])
                calls, statements = _calls(port) - calls, proxy.statements - before
            if "BENCH_READ_ONLY" not in environment:
                self._check(contender, count)
        finally:
            proxy.close()
            self.databases.drop(contender.database)
        found = Measured(
            name, count, told["seconds"], told["peak"], calls, statements / count * 100
        )
        print(
            f"{name:16} {latency * 1000:4.0f} ms away {count:8} customers "
            f"{found.per_second:8.0f}/s {calls:6} calls {found.statements:8.2f} statements "
            f"{found.peak / 1024:6.0f} MB at most",
            flush=True,
        )
        return found

    def _check(self, contender: Contender, count: int) -> None:
        """Exit unless every customer has its row."""
        table = contender.objects["customer"]
        with psycopg.connect(self.databases.url(contender.database)) as connection:
            (rows,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        if rows != count:
            raise SystemExit(f"{contender.name}: {table} has {rows} rows, and not {count}.")


def _run(contender: Contender, module: str, environment: dict[str, str]) -> str:
    command = [contender.python, "-m", f"benchmarks.projects.{contender.project}.{module}"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout


@contextmanager
def _list_api(customers: int, latency: float) -> Iterator[int]:
    options = json.dumps({"customers": customers, "latency": latency})
    command = [sys.executable, "-m", "benchmarks.list_api", options]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


def _calls(port: int) -> int:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/count") as answer:
        return json.load(answer)["count"]


if __name__ == "__main__":
    SyncBench().run()
