"""Reads of the API that settle a doubt: between two attempts at a transaction, never inside one."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypeVar

from stripe_integrations import transactions
from stripe_integrations.ordering import Snapshot

Result = TypeVar("Result")
Read = Callable[[], "Snapshot | None"]

#: Reads of one object, each overtaken by another writer, before the doubt is left standing.
MAX_READS = 10


class ReadNeeded(Exception):
    """The transaction is to be undone, the object read, and the work done again."""

    def __init__(self, key: str, read: Read) -> None:
        super().__init__(
            f"{key} is to be read from Stripe's API first; let this exception through, "
            "and process_webhook is called again with the answer."
        )
        self.key = key
        self.read = read


@dataclass
class _Answers:
    found: dict[str, Snapshot | None] = field(default_factory=dict)
    needed: ReadNeeded | None = None


_answers: ContextVar[_Answers] = ContextVar("answers")


def run(work: Callable[[], Result], using: str) -> Result:
    """Run `work` as `transactions.run` does, and read in between what it asks for."""
    answers = _Answers()
    reads: dict[str, int] = {}
    while True:
        answers.needed = None
        token = _answers.set(answers)
        try:
            return transactions.run(work, using)
        except ReadNeeded as needed:
            key, read = needed.key, needed.read
        finally:
            _answers.reset(token)
        reads[key] = reads.get(key, 0) + 1
        answers.found[key] = read() if reads[key] <= MAX_READS else None


def answer(key: str, version: int, read: Read) -> Snapshot | None:
    """Return what the API said while the row was of this version; None if it did not answer.

    Raises ReadNeeded, which `run` waits for.
    """
    answers = _answers.get()
    if key in answers.found:
        snapshot = answers.found[key]
        if snapshot is None or snapshot.seen == version:
            return snapshot
    answers.needed = ReadNeeded(key, read)
    raise answers.needed


def insist() -> None:
    """Raise the ReadNeeded that somebody's code has caught."""
    needed = _answers.get().needed
    if needed is not None:
        raise needed
