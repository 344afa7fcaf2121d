"""The database goes away and comes back, or its connections are killed, under load."""

import json
import random
import socket
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection

from tests import cutting
from tests.faults import processes, stories

CUTS = 4
#: How often all connections are killed, and how many events are posted afterwards.
KILLED = 20
AFTERWARDS = 900


class Proxy:
    """Passes TCP connections on to a server, unless it is cut."""

    def __init__(self, target):
        self.target = target
        self.cut = False
        self.open = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            if self.cut:
                client.close()
                continue
            server = socket.create_connection(self.target)
            self.open |= {client, server}
            for pair in ((client, server), (server, client)):
                threading.Thread(target=self.pump, args=pair, daemon=True).start()

    def pump(self, source, target):
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        for each in (source, target):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        source.close()

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.break_off()

    def break_off(self):
        self.cut = True
        for each in list(self.open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self.open.clear()


def test_database_that_goes_away_under_load_loses_no_event(
    api, start, environment, assert_converged, summary
):
    given = connection.settings_dict
    default = 5432 if connection.vendor == "postgresql" else 3306
    proxy = Proxy((given["HOST"] or "127.0.0.1", int(given["PORT"] or default)))
    behind = {**json.loads(environment["FAULTS_DATABASE"]), "HOST": "127.0.0.1", "PORT": proxy.port}
    server = start(processes.server, FAULTS_DATABASE=json.dumps(behind))
    messages = stories.tell(api, events=400, seed=6)
    chance = random.Random(7)
    processes.post(server.port, messages[:1], retries=True, seed=0)  # it listens before it answers
    with ThreadPoolExecutor(4) as pool:
        futures = [
            pool.submit(processes.post, server.port, messages[n::2], retries=True, seed=n)
            for n in (0, 1, 0, 1)
        ]
        for _ in range(CUTS):
            time.sleep(chance.uniform(0.2, 0.8))
            proxy.break_off()
            time.sleep(chance.uniform(0.2, 0.8))
            proxy.cut = False
        statuses = Counter(status for future in futures for status in future.result())
    proxy.close()
    assert {status for status in statuses if status != 200} == {500}
    assert_converged(messages)
    summary(f"database cut off {CUTS} times under 400 events: statuses {dict(statuses)}, none lost")


@pytest.mark.parametrize("max_age", [0, 60, None])
def test_connections_killed_under_load_lose_no_event(
    api, start, environment, assert_converged, summary, max_age
):
    database = {**json.loads(environment["FAULTS_DATABASE"]), "CONN_MAX_AGE": max_age}
    server = start(processes.server, FAULTS_DATABASE=json.dumps(database))
    messages = stories.tell(api, events=400 + AFTERWARDS, seed=8)
    chance, killed = random.Random(9), 0
    processes.post(server.port, messages[:1], retries=True, seed=0)
    with ThreadPoolExecutor(12) as pool:

        def post(part, *, retries):
            posted = [
                pool.submit(processes.post, server.port, part[n::12], retries=retries, seed=n)
                for n in range(12)
            ]
            return lambda: Counter(status for each in posted for status in each.result())

        statuses = post(messages[:400], retries=True)
        for _ in range(KILLED):
            time.sleep(chance.uniform(0.05, 0.3))
            killed += cutting.cut_others()
        assert killed > KILLED
        during = statuses()
        statuses = post(messages[400:], retries=False)
        assert statuses() == {200: AFTERWARDS}
    assert_converged(messages)
    summary(
        f"{killed} connections killed under 400 events, CONN_MAX_AGE {max_age}: statuses "
        f"{dict(during)}; {AFTERWARDS} events afterwards all 200"
    )
