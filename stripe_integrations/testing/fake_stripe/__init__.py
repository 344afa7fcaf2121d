"""A small Stripe behind a real port."""

from stripe_integrations.testing.fake_stripe.fake import FakeStripe
from stripe_integrations.testing.fake_stripe.port import Refused, Unanswered

__all__ = ["FakeStripe", "Refused", "Unanswered"]
