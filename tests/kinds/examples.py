"""Stripe's own example objects of four API versions: those of a kind, nested ones too.

The files are not part of this project; the tests run where they lie beside it, and always in CI.
"""

import json
import os
from functools import cache
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[3] / "shared" / "stripe_fixtures"
FILES = {
    "2020-08-27": FOLDER / "fixtures3.2020-08-27.json",
    "2022-11-15": FOLDER / "fixtures3.2022-11-15.json",
    "2024-06-20": FOLDER / "fixtures3.2024-06-20.json",
    "dahlia": FOLDER / "fixtures3.json",
}

needed = pytest.mark.skipif(
    not FOLDER.is_dir() and "CI" not in os.environ, reason="Stripe's example objects are not here"
)


@cache
def resources(version):
    """Return the example objects of an API version, by the name of their resource."""
    return json.loads(FILES[version].read_text())["resources"]


def of_kind(version, kind):
    """Return every example of a kind, by its value of `object`, wherever it is nested."""
    return [data for data in _all_objects(version) if data.get("object") == kind]


@cache
def _all_objects(version):
    return list(_objects(resources(version)))


def _objects(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if isinstance(value, dict):
        yield value
    for each in inner:
        yield from _objects(each)
