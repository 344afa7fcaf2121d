"""What the counters of the health page cost: one process, in turns with them and without.

`make bench-counters` runs it. No network is in it but PostgreSQL's, so that microseconds show. What
was counted is written after each block, which is more often than once a minute.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import os
import time
from statistics import median

from benchmarks.contenders import OURS_REFUSED, SECRET
from benchmarks.databases import Databases
from benchmarks.load import Load

DATABASE = "bench_counters"
#: Pairs of blocks, and events of a block, a multiple of ten.
PAIRS, EVENTS = 24, 500


class NoEvents:
    """In place of the counters' list of events."""

    def append(self, _event: object) -> None:
        pass


def run() -> None:
    import django
    from django.core.management import call_command
    from django.test import RequestFactory

    django.setup()
    call_command("migrate", verbosity=0)
    from stripe_integrations import counters
    from stripe_integrations.viewsets import StripeWebhookViewSet

    view = StripeWebhookViewSet.as_view({"post": "create"})
    factory = RequestFactory()

    def block(name: str) -> float:
        """Return the microseconds of CPU that an event takes."""
        (bodies,) = Load(name, EVENTS).shares(1)
        requests = [
            factory.post(
                OURS_REFUSED.path,
                body,
                content_type="application/json",
                headers={"Stripe-Signature": _signature(body)},
            )
            for body in bodies
        ]
        began = time.process_time()
        answers = {view(request).status_code for request in requests}
        taken = time.process_time() - began
        assert answers == {200}
        return taken / EVENTS * 1e6

    counted, uncounted = [], []
    events = counters.events
    block("warm")
    for number in range(PAIRS):
        for is_counted in (number % 2 == 0, number % 2 == 1):
            counters.events = events if is_counted else NoEvents()
            counters.next_flush = math.inf
            taken = block(f"{number}{is_counted}")
            if is_counted:
                began = time.process_time()
                counters.flush()
                counted.append(taken + (time.process_time() - began) / EVENTS * 1e6)
            else:
                uncounted.append(taken)
    ratios = [one / other for one, other in zip(counted, uncounted, strict=True)]
    print(
        f"{PAIRS} pairs of {EVENTS} events. An event takes {median(counted):.0f} µs of CPU with "
        f"counters and {median(uncounted):.0f} without: {median(ratios):.3f} times as much."
    )


def _signature(body: bytes) -> str:
    now = int(time.time())
    digest = hmac.new(SECRET.encode(), b"%d." % now + body, hashlib.sha256).hexdigest()
    return f"t={now},v1={digest}"


if __name__ == "__main__":
    databases = Databases(os.environ["POSTGRES_URL"])
    databases.create(DATABASE)
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "benchmarks.projects.ours.settings",
        "DATABASE_URL": databases.url(DATABASE),
        "BENCH_API": "http://127.0.0.1:9",  # nobody is asked
        **OURS_REFUSED.environment,
    }
    try:
        run()
    finally:
        databases.drop(DATABASE)
