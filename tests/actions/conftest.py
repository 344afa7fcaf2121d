"""Stripe as verbs may find it: two callers at the same moment, and answers that get lost."""

import threading

import pytest
import stripe

from stripe_integrations import client, http_client
from stripe_integrations.testing.fake_stripe import Unanswered

#: Seconds that a caller waits for the answer that never comes.
PATIENCE = 0.5


@pytest.fixture
def two_at_once(stripe_api, monkeypatch):
    """Let requests that write wait for each other: two are sent before the first is answered."""
    barrier, handle = threading.Barrier(2, timeout=20), stripe_api.handle

    def handle_together(method, *args):
        if method != "GET":
            barrier.wait()
        return handle(method, *args)

    monkeypatch.setattr(stripe_api, "handle", handle_together)


@pytest.fixture
def lost_answers(stripe_api, monkeypatch):
    """Let Stripe do what a request asks for and never answer it; a repeated one is answered.

    Returns the paths of the requests whose answers were lost.
    """
    handle, lost, over = stripe_api.handle, [], threading.Event()
    monkeypatch.setattr(stripe, "max_network_retries", 0)  # the caller's, not the SDK's
    client.forget_connections()

    def handle_and_lose(method, path, *args):
        answer = handle(method, path, *args)
        if method == "GET" or path in lost:
            return answer
        lost.append(path)
        over.wait(20)
        raise Unanswered

    monkeypatch.setattr(stripe_api, "handle", handle_and_lose)
    monkeypatch.setattr(http_client, "TIMEOUT", PATIENCE)
    yield lost
    over.set()
    client.forget_connections()
