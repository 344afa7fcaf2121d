import pytest

from stripe_integrations.actions import StripeWebhook
from tests.fake_stripe import FakeStripe


@pytest.fixture(scope="session")
def running_stripe():
    with FakeStripe() as fake:
        yield fake


@pytest.fixture
def stripe_api(running_stripe, settings):
    """Stripe's API, empty, and the settings that lead to it."""
    running_stripe.reset()
    settings.STRIPE_INTEGRATIONS = {
        **settings.STRIPE_INTEGRATIONS,
        "API_BASE": running_stripe.url,
    }
    return running_stripe


@pytest.fixture
def deliver():
    """Process events as the webhook does once their signature is checked."""

    def process(*messages):
        for message in messages:
            StripeWebhook.process_webhook(message, verified=True)

    return process
