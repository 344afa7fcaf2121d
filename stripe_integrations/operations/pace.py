"""The pace of calls to Stripe's API, which answers 429 to those that are too many.

Follows https://docs.stripe.com/rate-limits.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

import stripe
from django.db import connections
from django.db.models import F, FloatField, Value
from django.db.models.functions import Greatest

from stripe_integrations import conf, transactions

#: Calls a second, live and in test mode: below Stripe's limits of 100 and 25, which are for all
#: that a project does.
LIVE, TEST = 80, 20
#: Answers of 429 in a row after which a run ends.
MAX_REFUSALS = 8
#: Seconds of the longest pause after a 429.
LONGEST_PAUSE = 60


class Pace(Protocol):
    """Who waits before each call."""

    def wait(self) -> None:
        """Sleep until the next call may be made."""


class LocalPace:
    """The pace of the threads of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next_at = 0.0

    def wait(self) -> None:
        """Sleep until the next call may be made."""
        with self._lock:
            at = max(self._next_at, time.monotonic())
            self._next_at = at + 1 / per_second()
        time.sleep(max(at - time.monotonic(), 0))


class SharedPace:
    """The pace of all processes that have the database.

    Where their clocks differ, the one that is ahead decides: the pace gets slower, not faster.
    """

    def __init__(self) -> None:
        self._thread = threading.current_thread()

    def wait(self) -> None:
        """Sleep until the next call may be made."""
        at = transactions.run_atomic(_reserve, conf.database())
        if threading.current_thread() is not self._thread:
            connections[conf.database()].close()  # nobody else closes that of a reader
        time.sleep(max(at - time.time(), 0))


def _reserve() -> float:
    paces = conf.model("ApiPace").objects.using(conf.database())
    step, now = 1 / per_second(), time.time()
    next_at = Greatest(F("next_at"), Value(now, FloatField())) + Value(step, FloatField())
    if not paces.filter(pk=1).update(next_at=next_at):
        _row, is_new = paces.get_or_create(pk=1, defaults={"next_at": now + step})
        if not is_new:
            raise transactions.LostRace("Another process was first.")
        return now
    found: float = paces.values_list("next_at", flat=True).get(pk=1)
    return found - step


def per_second() -> float:
    """Return the calls a second: `SYNC_RATE`, else what the mode of the key allows."""
    chosen: Any = conf.get("SYNC_RATE")
    return float(chosen or (LIVE if conf.livemode() else TEST))


def pause_after(refusals: int) -> float:
    """Return the seconds to wait after so many answers of 429 in a row."""
    return min(2.0**refusals, LONGEST_PAUSE) * random.uniform(0.5, 1)  # noqa: S311


def patiently(read: Callable[[], Any], pace: Pace) -> Any:
    """Call the API at its pace, again after a pause where it was too fast."""
    for refusals in range(1, MAX_REFUSALS + 1):
        pace.wait()
        try:
            return read()
        except stripe.RateLimitError:
            if refusals == MAX_REFUSALS:
                raise
        time.sleep(pause_after(refusals))
    raise AssertionError  # the last attempt returns or raises
