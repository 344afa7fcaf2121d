"""What mypy says of a project that uses the package: run by `make types`."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SHOP, WRONG = (HERE / name for name in ("shop.py", "wrong.py"))

#: A line of mypy's: the file, its line, and what is wrong there.
ERROR = re.compile(r"^(?P<file>[^:]+):(?P<line>\d+): error: ", re.MULTILINE)
MARK = "  # wrong"


@pytest.fixture(scope="module")
def report():
    """Return what mypy says of both files, with the project's own configuration."""
    files = [str(path.relative_to(ROOT)) for path in (SHOP, WRONG)]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *files], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1, done.stdout + done.stderr  # 2 is for a mypy that broke off
    return done.stdout


def reported(report, path):
    """Return the lines of a file in which mypy sees an error."""
    return {int(found["line"]) for found in ERROR.finditer(report) if ROOT / found["file"] == path}


def test_project_without_mistakes_has_no_error(report):
    assert reported(report, SHOP) == set(), report


def test_each_mistake_is_reported_and_nothing_else(report):
    lines = WRONG.read_text().splitlines()
    marked = {number for number, line in enumerate(lines, 1) if line.endswith(MARK)}
    assert marked
    assert reported(report, WRONG) == marked, report


def test_no_other_file_has_an_error(report):
    assert {ROOT / found["file"] for found in ERROR.finditer(report)} == {WRONG}
