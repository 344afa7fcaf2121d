"""What a project's tests need of Stripe: objects, signed events, and an API behind a port."""

from stripe_integrations.testing import objects
from stripe_integrations.testing.fake_stripe import FakeStripe
from stripe_integrations.testing.receivers import StripeWebhookClient, WebhookURL
from stripe_integrations.testing.shuffling import deliver_shuffled
from stripe_integrations.testing.signing import sign

__all__ = ["FakeStripe", "StripeWebhookClient", "WebhookURL", "deliver_shuffled", "objects", "sign"]
