"""A progress bar for commands that take a while."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from django.core.serializers.base import ProgressBar

Item = TypeVar("Item")


def with_progress(items: Sequence[Item]) -> Iterator[Item]:
    """Yield each item; on a terminal, show on stderr how many of them are done."""
    bar = _bar(len(items))
    for count, item in enumerate(items, 1):
        yield item
        bar.update(count)


def progress(batches: Iterable[int], total: int) -> Iterator[int]:
    """Yield each size of a batch; on a terminal, show on stderr how much of the total is done."""
    bar = _bar(total)
    done = 0
    for size in batches:
        yield size
        done += size
        bar.update(min(done, total))


def _bar(total: int) -> ProgressBar:
    return ProgressBar(sys.stderr if sys.stderr.isatty() else None, total)
