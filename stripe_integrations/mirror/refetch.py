"""Reads of the API that settle a doubt, between two attempts of a transaction, never inside one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from stripe_integrations import api_calls, client, transactions
from stripe_integrations.mirror.attempts import Attempt, attempting, current_attempt
from stripe_integrations.mirror.snapshots import Snapshot

Result = TypeVar("Result")
Read = Callable[[], "Snapshot | None"]

#: Seconds left of what the reads of an event share, below which none is begun: it would be cut off.
TOO_SHORT = 0.5

#: Reads of one object, each overtaken by another writer, before the doubt is left standing.
MAX_READS = 10


class ReadNeeded(Exception):
    """Rolls back the transaction: the object is read from the API, and the work is repeated."""

    def __init__(self, key: str, read: Read) -> None:
        super().__init__(
            f"{key} is to be read from Stripe's API first; let this exception through, "
            "and process_webhook is called again with the answer."
        )
        self.key = key
        self.read = read


def run_with_reads(work: Callable[[], Result], *databases: str) -> Result:
    """Run `work` as `run_atomic` does; at a ReadNeeded, read the object and run it again."""
    attempt = Attempt()
    reads: dict[str, int] = {}
    with api_calls.sharing(client.IMPATIENT) as allowance:
        while True:
            attempt.needed = None
            try:
                with attempting(attempt):
                    return transactions.run_atomic(work, *databases)
            except ReadNeeded as needed:
                key, read = needed.key, needed.read
            reads[key] = reads.get(key, 0) + 1
            is_over = reads[key] > MAX_READS or allowance.seconds < TOO_SHORT
            with api_calls.spending(allowance):
                attempt.answers[key] = None if is_over else read()


def answer(key: str, version: int, read: Read) -> Snapshot | None:
    """Return what the API said while the row was of this version; None if it did not answer.

    Raises ReadNeeded, which `run_with_reads` waits for.
    """
    attempt = current_attempt()
    if key in attempt.answers:
        snapshot: Snapshot | None = attempt.answers[key]
        if snapshot is None or snapshot.seen == version:
            return snapshot
    attempt.needed = ReadNeeded(key, read)
    raise attempt.needed


def reraise_caught() -> None:
    """Raise again a ReadNeeded that a webhook class has caught."""
    needed = current_attempt().needed
    if needed is not None:
        raise needed
