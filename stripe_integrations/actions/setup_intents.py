from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_integrations import kinds
from stripe_integrations.actions import arguments
from stripe_integrations.actions.resources import StripeCustomerResource

if TYPE_CHECKING:
    from stripe_integrations.models import SetupIntent, StripeBaseSetupIntent


class StripeSetupIntent(StripeCustomerResource["SetupIntent"]):
    """Verbs on setup intents. Follows https://docs.stripe.com/api/setup_intents.

    The row that a verb returns has the `client_secret`, which is not stored.
    """

    kind = kinds.SETUP_INTENT

    @classmethod
    def create(
        cls, customer: Any, *, idempotency_key: str | None = None, **params: Any
    ) -> SetupIntent:
        """Begin to save a payment method of a customer's, and return the row.

        The same call within a day returns the same setup intent, unless that is canceled or has
        succeeded. Raises stripe.StripeError.
        """
        owner = arguments.customer(customer)
        params = {"customer": owner.id, **params}
        return cls._create_one(params, account=owner.account, idempotency_key=idempotency_key)

    @classmethod
    def confirm(
        cls,
        setup_intent: StripeBaseSetupIntent | str,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> SetupIntent:
        """Confirm a setup intent from the server, and return its row. Raises stripe.StripeError."""
        return cls._change(setup_intent, params, "confirm", idempotency_key=idempotency_key)

    @classmethod
    def cancel(
        cls,
        setup_intent: StripeBaseSetupIntent | str,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> SetupIntent:
        """Cancel a setup intent, and return its row. Raises stripe.StripeError."""
        return cls._change(setup_intent, params, "cancel", idempotency_key=idempotency_key)

    @classmethod
    def _is_unusable(cls, row: SetupIntent) -> bool:
        return super()._is_unusable(row) or row.status in ("canceled", "succeeded")
