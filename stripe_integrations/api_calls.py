"""What holds for all calls of the API within a block: when they have to end, and with which key."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from stripe_integrations.context import Allowance, current, holding
from stripe_integrations.masking import HiddenBytes


def within(seconds: float) -> AbstractContextManager[None]:
    """Set the deadline of a block; an earlier one that is set already holds on."""
    deadline, earlier = time.monotonic() + seconds, current().deadline
    return holding(deadline=deadline if earlier is None else min(deadline, earlier))


def seconds_left() -> float | None:
    """Return the seconds until the deadline, None without one. Raises TimeoutError after it."""
    deadline = current().deadline
    if deadline is None:
        return None
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError("The deadline has passed.")
    return left


def is_overdue() -> bool:
    """Tell whether there is a deadline, and it is over."""
    deadline = current().deadline
    return deadline is not None and time.monotonic() >= deadline


@contextmanager
def sharing(seconds: float) -> Iterator[Allowance]:
    """Let the blocks of `spending` below this one share so many seconds; an outer one holds on."""
    shared = current().allowance or Allowance(seconds)
    with holding(allowance=shared):
        yield shared


@contextmanager
def spending(allowance: Allowance) -> Iterator[None]:
    """Set the deadline of a block to what is left of an allowance, and take off what it took."""
    began = time.monotonic()
    try:
        with within(allowance.seconds):
            yield
    finally:
        allowance.seconds -= time.monotonic() - began


def with_key(key: str) -> AbstractContextManager[None]:
    """Send this API key with the requests of a block."""
    return holding(authorization=HiddenBytes(f"Authorization: Bearer {key}\r\n".encode()))
