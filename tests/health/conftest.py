import time

import pytest

from stripe_integrations import conf, counters


@pytest.fixture(autouse=True)
def no_counts():
    """Begin with nothing counted, and end so."""
    counters.discard()
    yield
    counters.discard()


@pytest.fixture
def counted():
    """Write rows of the last minutes: ago, name, label, count, endpoint."""

    def write(ago, name, label, count, endpoint=""):
        minute = (int(time.time()) - ago * 60) // 60 * 60
        for each in (minute, 0):
            rows = conf.model("HealthCount").objects
            key = {"minute": each, "name": name, "label": label, "endpoint": endpoint}
            row, is_new = rows.get_or_create(**key, defaults={"count": count})
            if not is_new:
                row.count += count
                row.save()

    return write
