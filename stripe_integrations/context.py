"""The context variable of the package: values for all code that runs within a block.

The SDK, or a project's own code, stands between who knows these and who needs them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from stripe_integrations.masking import HiddenBytes


@dataclass
class Allowance:
    """Seconds that several blocks may take in all."""

    seconds: float


@dataclass(frozen=True)
class Context:
    """Values of a block: three for calls of the API, `attempt` for writes of the mirror."""

    #: By when calls have to end, in seconds of `time.monotonic`.
    deadline: float | None = None
    #: What the blocks of `api_calls.spending` share.
    allowance: Allowance | None = None
    #: The line of a request that has the API key.
    authorization: HiddenBytes | None = field(default=None, repr=False)
    #: The `mirror.attempts.Attempt` that is under way.
    attempt: object = None


OUTSIDE = Context()

_context: ContextVar[Context] = ContextVar("stripe_integrations", default=OUTSIDE)

current = _context.get


@contextmanager
def holding(**changes: Any) -> Iterator[None]:
    """Change some of the values within a block."""
    token = _context.set(replace(current(), **changes))
    try:
        yield
    finally:
        _context.reset(token)
