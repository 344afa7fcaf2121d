"""Actions on many rows end in time, and tell how far they have come."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import Any

#: Seconds after which an action begins with no further row: servers end long requests.
MAX_SECONDS = 20.0


class InTime:
    """The rows of an action, until its time is over; `left` is how many it did not come to."""

    def __init__(self, rows: Iterable[Any]) -> None:
        self.rows = list(rows)
        self.left = len(self.rows)

    def __iter__(self) -> Iterator[Any]:
        start = time.monotonic()
        for row in self.rows:
            if self.left < len(self.rows) and time.monotonic() - start > MAX_SECONDS:
                return
            self.left -= 1
            yield row
