import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from stripe_integrations.testing import FakeStripe
from tests.convergence.histories import WORKERS, close_connections


@pytest.fixture(scope="module")
def stripes():
    """A Stripe, and another one in the place of the other mode."""
    with FakeStripe() as api, FakeStripe() as other_mode:
        yield api, other_mode


@pytest.fixture
def stripes_of_histories(stripes, settings, caplog):
    """Let the settings point at the first of them, and errors that are meant be quiet."""
    caplog.set_level(logging.CRITICAL, "stripe_integrations")
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "API_BASE": stripes[0].url}
    return stripes


@pytest.fixture
def pool():
    """Threads whose connections are closed after the test."""
    barrier = threading.Barrier(WORKERS)

    def close():
        barrier.wait(10)
        close_connections()

    with ThreadPoolExecutor(WORKERS) as executor:
        yield executor
        for future in [executor.submit(close) for _ in range(WORKERS)]:
            future.result()
