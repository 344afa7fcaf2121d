from __future__ import annotations

from stripe_integrations.actions.base import StripeAction


class StripePrice(StripeAction):
    """Verbs on prices. Follows https://docs.stripe.com/api/prices."""

    model_name = "Price"
    object_name = "price"
    resource = "prices"
