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
        return cls._change("post", subscription, params)

    @classmethod
    def cancel(cls, subscription: Any, at_period_end: bool = True, **params: Any) -> Any:
        """Cancel a subscription, when the paid period ends or at once, and return the row.

        Raises stripe.StripeError.
        """
        if at_period_end:
            return cls.update(subscription, cancel_at_period_end=True, **params)
        return cls._change("delete", subscription, params)

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
    def _change(cls, method: str, row: Any, params: dict[str, Any]) -> Any:
        path = client.resource_path(cls.resource, row.pk)
        return cls._call(method, path, params, account=row.account, changes=row.pk)

    @classmethod
    def _pages(cls, account: str | None) -> Iterator[client.Answer]:
        # Without `status` the list leaves out what is canceled.
        path = client.resource_path(cls.resource)
        return client.pages(path, {"status": "all"}, account=account)

    @classmethod
    def _whole(
        cls, data: dict[str, Any], account: str | None, *, impatient: bool = False
    ) -> dict[str, Any]:
        items = data.get("items")
        if not (isinstance(items, dict) and items.get("has_more")):
            return data
        path, params = client.resource_path("subscription_items"), {"subscription": data["id"]}
        pages = client.pages(path, params, account=account, impatient=impatient)
        rows = [row for page in pages for row in page.data["data"]]
        return {**data, "items": {**items, "data": rows, "has_more": False}}
