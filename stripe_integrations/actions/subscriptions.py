from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_integrations import client, kinds, local_users
from stripe_integrations.actions import arguments, idempotency, prices_given
from stripe_integrations.actions.base import registered
from stripe_integrations.actions.subscription_items import SubscriptionItemVerbs
from stripe_integrations.actions.subscription_states import SubscriptionStateVerbs
from stripe_integrations.mirror import mapping, rows

if TYPE_CHECKING:
    from stripe_integrations.models import Invoice, StripeBaseSubscription, Subscription
    from stripe_integrations.models.subscriptions import SubscriptionQuerySet


class StripeSubscription(SubscriptionItemVerbs, SubscriptionStateVerbs):
    """Verbs on subscriptions. Follows https://docs.stripe.com/api/subscriptions.

    A customer is passed as a row, an id or a local user; a subscription as a row or an id; a price
    as a row, an id or a lookup key.
    """

    kind = kinds.SUBSCRIPTION

    @classmethod
    def create(
        cls, customer: Any, items: Any, *, idempotency_key: str | None = None, **params: Any
    ) -> Subscription:
        """Subscribe a customer to `items`, and return the row.

        An item is a price, alone or in a tuple with its quantity, or Stripe's own form, {"price":
        "price_…", "quantity": 2}. The same call within a day returns the same subscription, unless
        that has ended: for a second one, pass an `idempotency_key` of your own. Raises TypeError
        for anything else, also for one price without a list, and stripe.StripeError.
        """
        owner = arguments.customer(customer)
        wanted = prices_given.items(items, owner.account)
        return cls._create(
            client.resource_path(cls.kind.resource),
            {"customer": owner.id, "items": wanted, **params},
            account=owner.account,
            idempotency_key=idempotency_key,
        )

    @classmethod
    def update(
        cls,
        subscription: StripeBaseSubscription | str,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Subscription:
        """Change a subscription at Stripe and return the row. Raises stripe.StripeError."""
        return cls._change(subscription, params, idempotency_key=idempotency_key)

    @classmethod
    def preview_invoice(
        cls,
        subscription: StripeBaseSubscription | str,
        prices: Any = None,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> dict[str, Any]:
        """Return the next invoice of a subscription as Stripe would make it now; none is stored.

        With `prices`, it is the invoice after a `swap` to them. Raises stripe.StripeError. Follows
        https://docs.stripe.com/api/invoices/create_preview.
        """
        given = arguments.reference(cls.kind, subscription)
        details = (
            {}
            if prices is None
            else {"subscription_details": {"items": cls._swapped(given, prices)}}
        )
        answer = client.request(
            "post",
            client.resource_path("invoices", "create_preview"),
            {"subscription": given.id, **details, **params},
            account=given.account,
            idempotency_key=idempotency_key or idempotency.fresh(),
        )
        return answer.data

    @classmethod
    def latest_invoice(cls, subscription: StripeBaseSubscription | str) -> Invoice | None:
        """Return the row of a subscription's latest invoice; None if it has none.

        It is read from the API if the mirror does not have it. Raises stripe.StripeError.
        """
        row = cls._stored(arguments.reference(cls.kind, subscription))
        id = mapping.reference_id(row.stripe_data.get("latest_invoice"))  # noqa: A001 - Stripe's name
        if id is None:
            return None
        stored: Invoice | None = rows.find_row(kinds.INVOICE, id, row.account)
        if stored is not None:
            return stored
        read: Invoice = registered[kinds.INVOICE.object].retrieve(id, account=row.account)
        return read

    @classmethod
    def has_active_subscription(cls, customer: Any) -> bool:
        """Tell, from the mirror, whether a customer has a trialing or active subscription."""
        return cls._of(customer).active().exists()

    @classmethod
    def get_current_subscription(cls, customer: Any) -> Subscription | None:
        """Return, from the mirror, the newest subscription that still runs; None without."""
        return cls._of(customer).current().order_by("-created", "-pk").first()

    @classmethod
    def _of(cls, customer: Any) -> SubscriptionQuerySet[Subscription]:
        """Return the subscriptions of a customer; none of a user who has no customer."""
        of_all: SubscriptionQuerySet[Subscription] = cls._rows()
        if local_users.is_user(customer):
            return of_all.for_user(customer)
        owner = arguments.customer(customer)
        return of_all.filter(customer=owner.id, account=owner.account)
