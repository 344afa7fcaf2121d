from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_integrations import client, kinds, local_users
from stripe_integrations.actions import arguments, prices_given
from stripe_integrations.actions.arguments import Reference
from stripe_integrations.actions.base import StripeAction
from stripe_integrations.actions.customers import StripeCustomer

if TYPE_CHECKING:
    from stripe_integrations.models import CheckoutSession, StripeBaseCheckoutSession

#: The statuses of a session that nobody can pay with any more.
CLOSED = ("complete", "expired")


class StripeCheckout(StripeAction["CheckoutSession"]):
    """Verbs on checkout sessions. Follows https://docs.stripe.com/api/checkout/sessions.

    A row that a verb returns has the session's `client_secret`, which an embedded form needs. The
    secret is on that instance only: it is not stored.
    """

    kind = kinds.CHECKOUT_SESSION

    @classmethod
    def create(
        cls,
        customer: Any,
        prices: Any = (),
        mode: str = "subscription",
        success_url: str | None = None,
        cancel_url: str | None = None,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> CheckoutSession:
        """Open a checkout for a user or a customer, and return the row; send them to its `url`.

        A user without a customer gets one. None is a guest. `mode` is subscription, payment or
        setup; a setup has no `prices`. A price is a row, an id or a lookup key, alone or in a tuple
        with a quantity, or a dict of Stripe's own form. An embedded checkout takes `ui_mode` and
        `return_url` in place of the two addresses. The same call within a day returns the same
        session while that is open. Raises ValueError for a lookup key that the mirror does not
        have, and stripe.StripeError.
        """
        owner = cls._owner(customer)
        account = owner.account if owner else None
        wanted = {
            "mode": mode,
            "customer": owner.id if owner else None,
            "client_reference_id": _user_pk(customer, owner),
            "line_items": prices_given.items(prices, account, is_counted=True) or None,
            "success_url": success_url,
            "cancel_url": cancel_url,
            **params,
        }
        return cls._create(
            client.resource_path("checkout", "sessions"),
            {name: value for name, value in wanted.items() if value is not None},
            account=account,
            idempotency_key=idempotency_key,
        )

    @classmethod
    def expire(
        cls,
        session: StripeBaseCheckoutSession | str,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> CheckoutSession:
        """Close an open session, so that nobody can pay with it any more, and return the row.

        Raises stripe.StripeError.
        """
        return cls._change(session, params, "expire", idempotency_key=idempotency_key)

    @classmethod
    def _owner(cls, customer: Any) -> Reference | None:
        if customer is None:
            return None
        if local_users.is_user(customer):
            row = StripeCustomer.create(customer)
            return Reference(row.stripe_id, row.account, row)
        return arguments.customer(customer)

    @classmethod
    def _is_unusable(cls, row: CheckoutSession) -> bool:
        return super()._is_unusable(row) or row.status in CLOSED


def _user_pk(customer: Any, owner: Reference | None) -> str | None:
    """Return the local user that a session is to name, None without one."""
    if local_users.is_user(customer):
        return str(customer.pk)
    row: Any = owner.row if owner else None
    pk = row.user_id if row else None
    return None if pk is None else str(pk)


#: The same class under the name of its kind.
StripeCheckoutSession = StripeCheckout
