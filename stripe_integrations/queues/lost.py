"""Lost events: their message was lost, or their worker died.

They are stored as received, and their lease has expired.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connections
from django.utils import timezone

from stripe_integrations import conf, transactions
from stripe_integrations.choices import OpenState
from stripe_integrations.dispatch.events import LEASE

logger = logging.getLogger("stripe_integrations")

#: Seconds between two searches of a process.
INTERVAL = 60
#: Events that one search takes up.
MAX_FOUND = 100

#: The search -> when this process made it last.
_searched_at: dict[Any, float] = {}


def search_events(enqueue: Callable[[str], Any]) -> int:
    """Hand lost events to the queue again, oldest first, and return how many.

    Of simultaneous searches one takes an event, which then has a new lease.
    Raises what `enqueue` raises.
    """
    lost = conf.model("Event").objects.using(conf.database()).in_states(OpenState.STUCK)
    keys = lost.order_by("created", "pk").values_list("pk", flat=True)
    found = transactions.run_query(lambda: list(keys[:MAX_FOUND]), conf.database())
    count = 0
    for key in found:
        if transactions.run_atomic(lambda key=key: _take_up(lost, key), conf.database()):  # type: ignore[misc]
            logger.warning("%s was received and not processed: it is enqueued again.", key)
            enqueue(key)
            count += 1
    return count


def search_now_and_then(
    enqueue: Callable[[Any], Any], look: Callable[[Callable[[Any], Any]], Any] | None = None
) -> None:
    """Search, unless this process has done so within INTERVAL; what fails is logged."""
    look, now = look or search_events, time.monotonic()
    if now - _searched_at.get(look, -INTERVAL) < INTERVAL:
        return
    _searched_at[look] = now
    try:
        look(enqueue)
    except Exception:
        logger.exception("What was lost could not be enqueued again.")


class SearchTimer:
    """Searches each INTERVAL, in a thread, from its start to the end of the process."""

    def __init__(self, search: Callable[[], None]) -> None:
        self._search = search
        self._lock = threading.Lock()
        self._is_started = False
        self._is_over = threading.Event()

    def start(self) -> None:
        """Start the thread, unless it runs already."""
        with self._lock:
            if not self._is_started:
                threading.Thread(target=self._run, name="stripe_lost", daemon=True).start()
                self._is_started = True

    def _run(self) -> None:
        while not self._is_over.wait(INTERVAL):
            try:
                self._search()
            finally:
                connections.close_all()


def _take_up(lost: Any, key: str) -> bool:
    return bool(lost.filter(pk=key).update(lease_expires_at=timezone.now() + LEASE))
