from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stripe_integrations import kinds
from stripe_integrations.actions import arguments
from stripe_integrations.actions.resources import StripeCustomerResource

if TYPE_CHECKING:
    from stripe_integrations.models import Charge, StripeBaseCharge


class StripeCharge(StripeCustomerResource["Charge"]):
    """Verbs on charges. Follows https://docs.stripe.com/api/charges."""

    kind = kinds.CHARGE

    @classmethod
    def update(
        cls, charge: StripeBaseCharge | str, *, idempotency_key: str | None = None, **params: Any
    ) -> Charge:
        """Change a charge's description or metadata at Stripe, and return its row.

        Raises stripe.StripeError.
        """
        return cls._change(charge, params, idempotency_key=idempotency_key)

    @classmethod
    def capture(
        cls,
        charge: StripeBaseCharge | str,
        amount: int | Decimal | None = None,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Charge:
        """Take an authorized charge, whole or `amount` of it, and return its row.

        `amount` is an int in minor units or a Decimal in the currency's unit. Stripe refuses a
        payment intent's charge: capture the intent. Raises stripe.StripeError.
        """
        meant = arguments.reference(cls.kind, charge)
        params = {**cls._minor(meant, amount, "amount"), **params}
        return cls._change(charge, params, "capture", idempotency_key=idempotency_key)
