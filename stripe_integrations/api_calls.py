"""What holds for all calls of the API within a block: a time by which they have to end, and a key.

A context variable, since the SDK stands between who knows these and the socket that needs them.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

from stripe_integrations.masking import HiddenBytes


@dataclass
class Allowance:
    """Seconds that several blocks may take in all."""

    seconds: float


@dataclass(frozen=True)
class Terms:
    """The deadline, in seconds of `time.monotonic`, and the line of a request that has the key."""

    deadline: float | None = None
    #: What the blocks of `spending` share.
    allowance: Allowance | None = None
    authorization: HiddenBytes | None = field(default=None, repr=False)

    @property
    def is_overdue(self) -> bool:
        """Whether there is a deadline, and it is over."""
        return self.deadline is not None and time.monotonic() >= self.deadline

    def seconds_left(self) -> float | None:
        """Return the seconds until the deadline, None without one. Raises TimeoutError after it."""
        if self.deadline is None:
            return None
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("The deadline has passed.")
        return left


_terms: ContextVar[Terms | None] = ContextVar("terms", default=None)


def current_terms() -> Terms:
    """Return what holds now."""
    return _terms.get() or Terms()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Set the deadline of a block; an earlier one that is set already holds on."""
    terms, deadline = current_terms(), time.monotonic() + seconds
    if terms.deadline is not None:
        deadline = min(deadline, terms.deadline)
    with _holding(replace(terms, deadline=deadline)):
        yield


@contextmanager
def sharing(seconds: float) -> Iterator[Allowance]:
    """Let the blocks of `spending` below this one share so many seconds; an outer one holds on."""
    terms = current_terms()
    shared = terms.allowance or Allowance(seconds)
    with _holding(replace(terms, allowance=shared)):
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


@contextmanager
def with_key(key: str) -> Iterator[None]:
    """Send this API key with the requests of a block."""
    line = HiddenBytes(f"Authorization: Bearer {key}\r\n".encode())
    with _holding(replace(current_terms(), authorization=line)):
        yield


@contextmanager
def _holding(terms: Terms) -> Iterator[None]:
    token = _terms.set(terms)
    try:
        yield
    finally:
        _terms.reset(token)
