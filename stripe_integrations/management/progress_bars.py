"""A progress bar for commands that take a while."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.serializers.base import ProgressBar

if TYPE_CHECKING:
    from typing_extensions import Self

tqdm: Any
try:
    from tqdm import tqdm
except ImportError:
    tqdm = None

Item = TypeVar("Item")


def with_progress(items: Sequence[Item]) -> Iterator[Item]:
    """Yield each item; on a terminal, show on stderr how many of them are done."""
    bar = _bar(len(items))
    for count, item in enumerate(items, 1):
        yield item
        bar.update(count)


def progress_bar(batches: Iterable[int], total: int) -> Iterator[int]:
    """Yield each size of a batch; on a terminal, show on stderr how much of the total is done."""
    bar = _bar(total)
    done = 0
    for size in batches:
        yield size
        done += size
        bar.update(min(done, total))


def _bar(total: int) -> ProgressBar:
    return ProgressBar(sys.stderr if sys.stderr.isatty() else None, total)


class Rate:
    """On a terminal, a line on stderr: how far it is, how fast, and how long it will take."""

    def __init__(self, what: str, total: int) -> None:
        self.what, self.total, self.done = what, total, 0
        self.began = time.monotonic()

    def add(self, size: int, place: str) -> None:
        """Show that so many more are done, up to a place."""
        self.done += size
        if not sys.stderr.isatty():
            return
        rate = self.done / max(time.monotonic() - self.began, 0.001)
        left = timedelta(seconds=round(max(self.total - self.done, 0) / rate))
        line = f"{self.what}: {self.done} of {self.total}, {rate:.0f}/s, {left} left, at {place}"
        sys.stderr.write(f"\r\x1b[K{line}")
        sys.stderr.flush()

    def end(self) -> None:
        """Begin another line."""
        if sys.stderr.isatty():
            sys.stderr.write("\n")


class SyncBar:
    """On a terminal, a line on stderr: how many objects were synced, and how fast.

    It is a bar of tqdm where that is installed.
    """

    def __init__(self, what: str, done: int) -> None:
        self._bar: Any = None
        if tqdm is not None:
            self._bar = tqdm(desc=what, initial=done, unit=" objects", disable=None)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def add(self, count: int) -> None:
        """Show that so many more are synced."""
        if self._bar is not None:
            self._bar.update(count)
