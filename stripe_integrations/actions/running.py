"""The event that a webhook class runs for, as `sync` sees it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_event: ContextVar[Any] = ContextVar("event", default=None)


@contextmanager
def running_for(event: Any, *, synced: bool) -> Iterator[Any]:
    """Let `sync` know, while a webhook class runs, which event it runs for.

    Yields what `sync` knows of it; its `synced` tells whether the event's object was taken in.
    """
    # A second instance, with a message of its own: the class may change the one it is given.
    own = type(event)(
        kind=event.kind,
        body=event.body,
        account=event.account,
        livemode=event.livemode,
        synced=synced,
    )
    token = _event.set(own)
    try:
        yield own
    finally:
        _event.reset(token)


def current_event() -> Any:
    """Return what `running_for` yields, None outside of a webhook class."""
    return _event.get()
