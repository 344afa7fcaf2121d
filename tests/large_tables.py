"""Of tests with very many cases, a third is run; all of them with EVERY_CASE=1, as CI does."""

import os
from zlib import crc32

import pytest

#: One in how many cases is run, besides the first of each test.
ONE_IN = 3

large_table = pytest.mark.large_table


def is_left_out(item):
    """Tell whether a case is one of those that wait for EVERY_CASE; the same ones in each run."""
    return crc32(item.name.encode()) % ONE_IN != 0


def leave_out(config, items):
    """Deselect cases of large tables, but never the first that a test has."""
    if os.environ.get("EVERY_CASE") == "1":
        return
    seen, kept, left_out = set(), [], []
    for item in items:
        test = item.nodeid.partition("[")[0]
        is_first = test not in seen
        seen.add(test)
        if item.get_closest_marker("large_table") and not is_first and is_left_out(item):
            left_out.append(item)
        else:
            kept.append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)
