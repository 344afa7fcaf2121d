from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_integrations import kinds
from stripe_integrations.actions.resources import StripeArchivable

if TYPE_CHECKING:
    from stripe_integrations.models import Product, StripeBaseProduct


class StripeProduct(StripeArchivable["Product"]):
    """Verbs on products. Follows https://docs.stripe.com/api/products."""

    kind = kinds.PRODUCT

    @classmethod
    def create(
        cls,
        name: str,
        *,
        account: str | None = None,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Product:
        """Create a product, and return its row; `id` chooses its id. Raises stripe.StripeError.

        The same call within a day returns the same product, unless that is archived or deleted.
        """
        params = {"name": name, **params}
        return cls._create_one(params, account=account, idempotency_key=idempotency_key)

    @classmethod
    def delete(
        cls, product: StripeBaseProduct | str, *, idempotency_key: str | None = None
    ) -> Product:
        """Delete a product that has no prices, and return its row, marked as deleted.

        Stripe refuses a product that has prices: archive it. Raises stripe.StripeError.
        """
        return cls._delete(product, idempotency_key=idempotency_key)
