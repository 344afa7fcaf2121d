from __future__ import annotations

from stripe_integrations.actions.base import StripeAction


class StripeProduct(StripeAction):
    """Verbs on products. Follows https://docs.stripe.com/api/products."""

    model_name = "Product"
    object_name = "product"
    resource = "products"
