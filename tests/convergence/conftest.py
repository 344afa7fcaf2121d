import pytest


@pytest.fixture
def settings_of_histories(settings):
    """Point the settings at a Stripe."""

    def point(url):
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "API_BASE": url}

    return point
