"""A progress bar for commands that take a while."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TypeVar

from django.core.serializers.base import ProgressBar

Item = TypeVar("Item")


def with_progress(items: Sequence[Item]) -> Iterator[Item]:
    """Yield each item; on a terminal, show on stderr how many of them are done."""
    bar = ProgressBar(sys.stderr if sys.stderr.isatty() else None, len(items))
    for count, item in enumerate(items, 1):
        yield item
        bar.update(count)
