"""Of tests with very many cases, one in twelve is run; one in ONE_CASE_IN, if that is set."""

import os
from zlib import crc32

import pytest

ONE_CASE_IN = int(os.environ.get("ONE_CASE_IN", "12"))

large_table = pytest.mark.large_table


def some(cases):
    """Return the first of some cases, and one in so many of the others."""
    return [each for number, each in enumerate(cases) if number % ONE_CASE_IN == 0]


def a_third(cases, first=0):
    """Return a third of some cases, from that number on; all of them where CI asks for more.

    For what CI runs whole on each database: there, ONE_CASE_IN is six at most.
    """
    step = max(1, ONE_CASE_IN // 4)
    return [each for number, each in enumerate(cases) if (number - first) % step == 0]


def leave_out(config, items):
    """Deselect cases of large tables, the same ones in each run; each test keeps one at least."""
    lowest = {}
    for item in items:
        lowest[_test(item)] = min(_number(item), lowest.get(_test(item), _number(item)))
    kept, left_out = [], []
    for item in items:
        is_one = _number(item) % ONE_CASE_IN == 0 or _number(item) == lowest[_test(item)]
        is_kept = is_one or not item.get_closest_marker("large_table")
        (kept if is_kept else left_out).append(item)
    items[:] = kept
    config.hook.pytest_deselected(items=left_out)


def _test(item):
    return item.nodeid.partition("[")[0]


def _number(item):
    return crc32(item.name.encode())
