"""A backfill in the workers of the queue: each task reads a part of one window."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from importlib import import_module
from typing import Any

from django.utils import timezone

from stripe_integrations import conf, kinds, transactions
from stripe_integrations.kinds import Kind
from stripe_integrations.operations import backfill, windows
from stripe_integrations.operations.pace import SharedPace

#: Windows that a run begins with.
WINDOWS = 16
#: Pages that one task reads; then the rest of its window is split between two.
PAGES = 20
#: After so long without a page, the task of a window is taken to be lost.
LOST_AFTER = timedelta(minutes=10)

Enqueue = Callable[[int], Any]


def enqueuer() -> Enqueue | None:
    """Return the function of the setting `QUEUE` that takes windows, None without one."""
    queue = conf.get("QUEUE")
    found: Enqueue | None = getattr(import_module(queue), "enqueue_window", None) if queue else None
    return found


def enqueue_run(kind: Kind, account: str | None, since: int | None, enqueue: Enqueue) -> int:
    """Hand a run's windows to workers, and return how many; those left of an earlier one first."""
    found = windows.begin_or_resume(kind, account, since, count=WINDOWS, is_queued=True)
    if not found:  # an earlier run was read and not finished
        backfill.finish_run(kind, account, since)
        found = windows.begin_or_resume(kind, account, since, count=WINDOWS, is_queued=True)
    for window in found:
        enqueue(window.pk)
    return len(found)


def read_part(window_id: int, enqueue: Enqueue) -> None:
    """Read a part of a window, and hand on what is left of it.

    What is finished is not read again. Raises stripe.StripeError.
    """
    window = _window(window_id)
    if window is None:
        return
    kind, account = kinds.MIRRORED[window.kind], window.account or None
    if not window.is_finished:
        work = backfill.Backfill(
            kind, account, is_complete=window.since is None, concurrency=1, pace=SharedPace()
        )
        try:
            work.run([window], max_pages=PAGES)
        except windows.TakenOver:  # by another delivery of the same task
            return
    rest = _window(window_id)
    if rest is not None and not rest.is_finished:
        halves = windows.split(rest, rest.end, 1) if windows.is_divisible(kind) else []
        for part in [rest, *halves]:
            enqueue(part.pk)
    elif windows.is_over(kind, account, window.since):
        backfill.finish_run(kind, account, window.since)


def search_lost(enqueue: Enqueue) -> int:
    """Hand windows to the queue again that nobody reads any more, and return how many."""
    left = windows.all_windows().filter(is_queued=True, is_finished=False)
    lost = left.filter(touched_at__lt=timezone.now() - LOST_AFTER)
    keys = transactions.run_query(lambda: list(lost.values_list("pk", flat=True)), conf.database())
    for key in keys:
        again = lost.filter(pk=key)
        touch = partial(again.update, touched_at=timezone.now())
        if transactions.run_atomic(touch, conf.database()):  # of several searches, one does it
            enqueue(key)
    return len(keys)


def _window(window_id: int) -> Any:
    found = windows.all_windows().filter(pk=window_id)
    return transactions.run_query(found.first, conf.database())
