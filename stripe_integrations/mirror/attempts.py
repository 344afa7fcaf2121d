"""The current attempt at a piece of work, and the event whose webhook class runs in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from stripe_integrations import client
from stripe_integrations.context import current, holding

if TYPE_CHECKING:
    from stripe_integrations.mirror.snapshots import Snapshot
    from stripe_integrations.models import StripeBaseEvent


@dataclass
class Attempt:
    """One attempt at a piece of work, which is repeated once the API has been read."""

    #: What the API has answered so far, by the key of the row; None where it gave no answer.
    answers: dict[str, Any] = field(default_factory=dict)
    #: The ReadNeeded that was raised last, in case somebody's code has caught it.
    needed: Exception | None = None
    #: The event whose webhook class runs, with a message of its own; None outside of one.
    event: StripeBaseEvent | None = None
    #: The same as it is stored.
    stored_event: StripeBaseEvent | None = None
    #: What was read of a thin event's object.
    read_object: Snapshot | None = None
    #: Whether the mirror has the event's own object.
    synced: bool = False


def attempting(attempt: Attempt) -> AbstractContextManager[None]:
    """Let `current_attempt` return this one."""
    return holding(attempt=attempt)


@contextmanager
def running_for(
    event: StripeBaseEvent,
    *,
    synced: bool,
    read_object: Snapshot | None = None,
    copies: bool = True,
) -> Iterator[Attempt]:
    """Let `current_event` return an event while a webhook class runs for it.

    Yields the attempt, whose `synced` tells whether the event's object was taken in. `read_object`
    is what was read of a thin event's object. `copies` is False for a class that leaves the message
    that it is given as it is.
    """
    # A second instance, with a message of its own: the class may change the one it is given.
    own = type(event)(
        kind=event.kind,
        body=event.body,
        account=event.account,
        livemode=event.livemode,
        as_of=event.as_of,
    )
    if not copies:
        own.share_message(event)
    if read_object is not None:
        own.show_object(read_object.data)
        # Each class has its own to change.
        event.show_object(deepcopy(read_object.data) if copies else read_object.data)
    attempt = current_attempt()
    attempt.event, attempt.stored_event = own, event
    attempt.read_object, attempt.synced = read_object, synced
    try:
        yield attempt
    finally:
        attempt.event = attempt.stored_event = attempt.read_object = None
        event.show_object(None)


def current_attempt() -> Attempt:
    """Return the attempt that is under way.

    Raises RuntimeError outside of `refetch.run_with_reads`.
    """
    attempt = current().attempt
    if not isinstance(attempt, Attempt):
        raise RuntimeError("A mirror is written inside of refetch.run_with_reads only.")
    return attempt


def current_event() -> StripeBaseEvent | None:
    """Return the event whose webhook class runs, None outside of one."""
    attempt = current().attempt
    return attempt.event if isinstance(attempt, Attempt) else None


def stored_event() -> StripeBaseEvent | None:
    """Return the row of the event whose webhook class runs, None outside of one."""
    attempt = current().attempt
    return attempt.stored_event if isinstance(attempt, Attempt) else None


def account_or_events(account: str | None) -> str | None:
    """Return `account`; where it is not given, within a webhook class, that of its event.

    The owner of a connected account may forge its events, so none of their data is our own. Raises
    TypeError for an account that is no text.
    """
    client.check_account(account)
    event = current_event()
    return event.account if account is None and event is not None else account
