"""Processes that have one database call the API at one pace."""

import threading
import time

import pytest
from django.db import connections

from stripe_integrations import conf
from stripe_integrations.operations.pace import SharedPace

pytestmark = pytest.mark.django_db(transaction=True)

READERS, CALLS, RATE = 3, 4, 40


def test_readers_share_one_pace_and_leave_no_connection_open(settings):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "SYNC_RATE": RATE}
    pace, times, is_open = SharedPace(), [], []

    def call():
        for _ in range(CALLS):
            pace.wait()
            times.append(time.time())
        is_open.append(connections[conf.database()].connection is not None)

    began = time.time()
    readers = [threading.Thread(target=call) for _ in range(READERS)]
    for each in readers:
        each.start()
    for each in readers:
        each.join()
    assert len(times) == READERS * CALLS
    # A thread may wake late, the first one too, but none early: the last of n calls is n - 1 steps
    # after the beginning. The clock is that of the system, which may be set by some microseconds.
    assert max(times) - began >= (READERS * CALLS - 1) / RATE - 0.001
    assert is_open == [False] * READERS
