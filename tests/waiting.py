"""Tests that mostly wait run one after the other, so that the other processes have the cores."""

import pytest

waits = pytest.mark.xdist_group("waits")
