"""How far a window of a backfill is read."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from stripe_integrations.operations.reading import Position


@dataclass
class WindowReader:
    """A window that is being read, and what is known of its rest."""

    window: Any
    position: Position
    #: Keys of the last second of the page before, whose objects two pages may share.
    edge: set[str] = field(default_factory=set)
    #: Seconds that its last page spans.
    span: int = 1
    #: Whether its last page had no row that was there before.
    finds_no_rows: bool = True
    pages: int = 0
    #: Pages that were read and are not written.
    unwritten: int = 0
    #: When the window's row was last told how far it is, in seconds of `time.monotonic`.
    stored_at: float = field(default_factory=time.monotonic)

    @property
    def pages_left(self) -> float:
        """About how many pages are left, if objects were made evenly."""
        if self.position.end is None:
            return 0
        return float(self.position.end - self.window.start) / self.span

    @property
    def is_past_window(self) -> bool:
        """Whether it has come to what was given to another reader meanwhile."""
        end = self.position.end
        return end is not None and bool(end <= self.window.start)

    def move(self, after: Position) -> None:
        """Note that a page was read, after which it is there."""
        begun, self.position = self.position, after
        self.pages += 1
        if begun.end is not None and after.end is not None:
            self.span = max(begun.end - after.end, 1)
