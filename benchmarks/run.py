"""Measure all contenders in turn, and print the tables; `make bench` calls it, see README.rst."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks import contenders, report
from benchmarks.contenders import Contender
from benchmarks.counting_proxy import CountingProxy
from benchmarks.databases import Databases
from benchmarks.load import PER_GROUP, Load
from benchmarks.server import ROOT, Server

#: Events that a server takes before it is measured: it imports, compiles and connects meanwhile.
WARM_UP = 80
#: Events of which the statements are counted, by one process of one thread.
COUNTED = 100


class Bench:
    def __init__(self, chosen: list[Contender], rounds: int, events: int, latency: float) -> None:
        self.chosen, self.rounds, self.events, self.latency = chosen, rounds, events, latency
        self.databases = Databases(os.environ["POSTGRES_URL"])
        self.sent = dict.fromkeys((contender.name for contender in chosen), 0)
        self.api_port = 0

    def run(self) -> None:
        names = [contender.name for contender in self.chosen]
        measured: dict[str, list[report.Round]] = {name: [] for name in names}
        with self._fake_api():
            self._measure_the_client()
            try:
                for contender in self.chosen:
                    self._prepare(contender)
                counted = {contender.name: self._count(contender) for contender in self.chosen}
                for number in range(self.rounds):
                    turn = number % len(self.chosen)
                    for contender in self.chosen[turn:] + self.chosen[:turn]:
                        result = self._measure(contender, number)
                        measured[contender.name].append(result)
                        print(
                            f"round {number + 1}: {contender.name}: {result.per_second:.0f} "
                            f"per second, {result.cpu * 1000:.2f} ms CPU",
                            flush=True,
                        )
                kept = {each.name: self.databases.sizes(each) for each in self.chosen}
            finally:
                for contender in self.chosen:
                    self.databases.drop(contender.database)
        ours = [contender.name for contender in self.chosen if contender.project == "ours"]
        others = [name for name in names if name not in ours]
        print(f"\n{report.results(measured, counted)}")
        if ours and others:
            print(f"\n{report.ratios(measured, ours, others)}")
        print(f"\n{report.sizes(kept)}")

    # -- one contender

    def _prepare(self, contender: Contender) -> None:
        self.databases.create(contender.database)
        module = f"benchmarks.projects.{contender.project}.prepare"
        environment = {**os.environ, **self._environment(contender)}
        subprocess.run([contender.python, "-m", module], cwd=ROOT, env=environment, check=True)

    def _measure(self, contender: Contender, number: int) -> report.Round:
        with Server(contender.python, self._environment(contender)) as server:
            self._post(contender, server, self._warm_up(number))
            load = self._load(number, contender.one_in)
            cpu, calls = server.cpu_seconds(), self._api_calls()
            posted = self._post(contender, server, load)
            cpu, calls = server.cpu_seconds() - cpu, self._api_calls() - calls
        self.databases.check(contender, self.sent[contender.name], load)
        return report.Round(
            per_second=load.events / posted["seconds"],
            latencies=posted["latencies"],
            cpu=cpu / load.events,
            api_calls=calls / load.events,
        )

    def _count(self, contender: Contender) -> report.Counted:
        proxy = CountingProxy(*self.databases.address)
        environment = self._environment(contender, proxy.port)
        with Server(contender.python, environment, workers=1, threads=1) as server:
            self._post(contender, server, Load("warmcount", COUNTED))
            statements, round_trips = proxy.statements, proxy.round_trips
            self._post(contender, server, Load("count", COUNTED))
            statements = proxy.statements - statements
            round_trips = proxy.round_trips - round_trips
        proxy.close()
        self.databases.check(contender, self.sent[contender.name], Load("count", COUNTED))
        return report.Counted(statements / COUNTED, round_trips / COUNTED)

    def _environment(self, contender: Contender, port: int | None = None) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": f"benchmarks.projects.{contender.project}.settings",
            "DATABASE_URL": self.databases.url(contender.database, port),
            "BENCH_API": f"http://127.0.0.1:{self.api_port}",
            **contender.environment,
        }

    # -- the load

    def _load(self, number: int, one_in: int = 1) -> Load:
        groups = max(1, self.events // one_in // PER_GROUP)
        return Load(f"round{number}", groups * PER_GROUP)

    def _warm_up(self, number: int) -> Load:
        return Load(f"warm{number}", WARM_UP)

    def _post(self, contender: Contender, server: Server, load: Load) -> dict:
        posted = _client(server.port, contender.path, load)
        self.sent[contender.name] += load.events
        return posted

    def _measure_the_client(self) -> None:
        load = self._load(0)
        posted = _client(self.api_port, "/", load)
        size = sum(map(len, itertools.chain(*load.shares(1)))) / load.events
        print(
            f"The client alone: {load.events / posted['seconds']:.0f} deliveries per second to a "
            f"server that does nothing, {posted['cpu'] / load.events * 1000:.3f} ms CPU each, "
            f"{size:.0f} bytes on average.",
            flush=True,
        )

    # -- the fake API

    @contextmanager
    def _fake_api(self) -> Iterator[None]:
        loads = [Load("count", COUNTED), Load("warmcount", COUNTED)]
        for number in range(self.rounds):
            loads += [self._load(number), self._warm_up(number)]
        options = {
            "latency": self.latency,
            "loads": [(load.prefix, load.events) for load in loads],
        }
        command = [sys.executable, "-m", "benchmarks.fake_api", json.dumps(options)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        try:
            self.api_port = int(process.stdout.readline())
            yield
        finally:
            process.terminate()
            process.wait()

    def _api_calls(self) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.api_port}/count") as answer:
            return json.load(answer)["count"]


def _client(port: int, path: str, load: Load) -> dict:
    options = {
        "port": port,
        "path": path,
        "secret": contenders.SECRET,
        "prefix": load.prefix,
        "events": load.events,
    }
    command = [sys.executable, "-m", "benchmarks.client", json.dumps(options)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=False)
    if done.returncode:
        raise SystemExit("The client gave up.")
    return json.loads(done.stdout)


def main() -> None:
    only = [name for name in os.environ.get("BENCH_ONLY", "").split(",") if name]
    chosen = [each for each in contenders.ALL if not only or each.project in only]
    events = int(os.environ.get("BENCH_EVENTS", "4000"))
    if not chosen or events < PER_GROUP or events % PER_GROUP:
        raise SystemExit(
            "BENCH_ONLY names some of floor, ours, djstripe; BENCH_EVENTS is a multiple of ten."
        )
    rounds = int(os.environ.get("BENCH_ROUNDS", "3"))
    latency = float(os.environ.get("BENCH_LATENCY", "0")) / 1000
    Bench(chosen, rounds, events, latency).run()


if __name__ == "__main__":
    main()
