"""Fixtures for pytest, with pytest-django.

In the `conftest.py` of the project's root::

    pytest_plugins = ["stripe_integrations.testing.pytest_plugin"]
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from stripe_integrations import client, conf
from stripe_integrations.testing.fake_stripe import FakeStripe
from stripe_integrations.testing.receivers import StripeWebhookClient


@pytest.fixture(scope="session")
def running_stripe() -> Iterator[FakeStripe]:
    """Start one fake Stripe for all tests of a process."""
    with FakeStripe() as fake:
        yield fake


@pytest.fixture
def stripe_api(running_stripe: FakeStripe, settings: Any) -> FakeStripe:
    """Return Stripe's API, empty; the settings lead to it."""
    running_stripe.reset()
    client.forget_connections()  # an earlier test may have opened the circuit breaker
    settings.STRIPE_INTEGRATIONS = running_stripe.settings()
    return running_stripe


@pytest.fixture
def stripe_webhooks(settings: Any) -> StripeWebhookClient:
    """Return a client that posts signed events to the project's webhook."""
    own = conf.user_settings()
    if not own.get("WEBHOOK_SECRET"):
        settings.STRIPE_INTEGRATIONS = {**own, "WEBHOOK_SECRET": "whsec_test"}
    return StripeWebhookClient()
