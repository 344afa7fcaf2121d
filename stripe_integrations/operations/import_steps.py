"""An import: steps, each of one table, read in batches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stripe_integrations.operations.stored_objects import Outcomes


@dataclass(frozen=True)
class ImportedBatch:
    """Rows that were read, the key of the last one, and what became of each."""

    size: int
    last: str
    outcomes: Outcomes


@dataclass(frozen=True)
class ImportStep:
    """A table that is imported: its name, its number of rows, and the work, which is lazy."""

    name: str
    total: int
    batches: Callable[[], Iterator[ImportedBatch]]

    def run(self) -> Outcomes:
        """Import all of it, and return what became of its rows."""
        return sum((batch.outcomes for batch in self.batches()), Counter[str]())
