from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stripe_integrations import client
from stripe_integrations.actions.base import StripeAction


class StripeSubscription(StripeAction):
    """Verbs on subscriptions. Follows https://docs.stripe.com/api/subscriptions."""

    model_name = "Subscription"
    object_name = "subscription"
    resource = "subscriptions"
    deleted_means_gone = False  # customer.subscription.deleted is a cancellation

    @classmethod
    def create(cls, customer: Any, items: list[dict[str, Any]], **params: Any) -> Any:
        """Subscribe a customer to `items`, [{"price": "price_…"}], and return the row.

        Raises stripe.StripeError.
        """
        params = {"customer": customer.pk, "items": items, **params}
        path = client.resource_path(cls.resource)
        return cls._call("post", path, params, account=customer.account)

    @classmethod
    def update(cls, subscription: Any, **params: Any) -> Any:
        """Change a subscription at Stripe and return the row. Raises stripe.StripeError."""
        path = client.resource_path(cls.resource, subscription.pk)
        return cls._call("post", path, params, account=subscription.account)

    @classmethod
    def cancel(cls, subscription: Any, at_period_end: bool = True, **params: Any) -> Any:
        """Cancel a subscription, when the paid period ends or at once, and return the row.

        Raises stripe.StripeError.
        """
        if at_period_end:
            return cls.update(subscription, cancel_at_period_end=True, **params)
        path = client.resource_path(cls.resource, subscription.pk)
        return cls._call("delete", path, params, account=subscription.account)

    @classmethod
    def has_active_subscription(cls, customer: Any) -> bool:
        """Tell, from the mirror, whether a customer has a trialing or active subscription."""
        found: bool = cls._rows().active().filter(customer=customer).exists()
        return found

    @classmethod
    def get_current_subscription(cls, customer: Any) -> Any:
        """Return, from the mirror, the newest subscription that still runs; None without."""
        running = cls._rows().current().filter(customer=customer)
        return running.order_by("-created", "-pk").first()

    @classmethod
    def _pages(cls, account: str | None) -> Iterator[client.Answer]:
        # Without `status` the list leaves out what is canceled.
        path = client.resource_path(cls.resource)
        return client.pages(path, {"status": "all"}, account=account)
