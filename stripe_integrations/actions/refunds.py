from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stripe_integrations import conf, kinds
from stripe_integrations.actions import arguments
from stripe_integrations.actions.charges import StripeCharge
from stripe_integrations.actions.payment_intents import StripePaymentIntent
from stripe_integrations.actions.resources import StripeResource
from stripe_integrations.mirror import rows

if TYPE_CHECKING:
    from stripe_integrations.models import (
        Refund,
        StripeBaseCharge,
        StripeBasePaymentIntent,
        StripeBaseRefund,
    )


class StripeRefund(StripeResource["Refund"]):
    """Verbs on refunds. Follows https://docs.stripe.com/api/refunds.

    A refund also changes its charge at Stripe. Only the refund's row is written at once; the
    charge's follows with the event `charge.refunded`.
    """

    kind = kinds.REFUND

    @classmethod
    def create(
        cls,
        payment: StripeBaseCharge | StripeBasePaymentIntent | str,
        amount: int | Decimal | None = None,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Refund:
        """Refund a charge or payment intent, what is left of it or `amount`, and return the row.

        `amount` is an int in minor units or a Decimal in the currency's unit. The same call within
        a day returns the same refund, unless that has failed or is canceled: to refund the same
        amount of one payment once more, pass an `idempotency_key`. Raises stripe.StripeError.
        """
        action = cls._action(payment)
        meant = arguments.reference(action.kind, payment)
        params = {
            action.kind.object: meant.id,
            **action._minor(meant, amount, "amount"),
            **params,
        }
        return cls._create_one(params, account=meant.account, idempotency_key=idempotency_key)

    @classmethod
    def update(
        cls, refund: StripeBaseRefund | str, *, idempotency_key: str | None = None, **params: Any
    ) -> Refund:
        """Change a refund's metadata at Stripe, and return its row. Raises stripe.StripeError."""
        return cls._change(refund, params, idempotency_key=idempotency_key)

    @classmethod
    def cancel(
        cls, refund: StripeBaseRefund | str, *, idempotency_key: str | None = None
    ) -> Refund:
        """Cancel a refund that requires an action, and return its row. Raises stripe.StripeError.

        Stripe refuses any other refund.
        """
        return cls._change(refund, {}, "cancel", idempotency_key=idempotency_key)

    @classmethod
    def _action(cls, payment: Any) -> type[StripeCharge | StripePaymentIntent]:
        """Return the action on a charge or payment intent that was given."""
        if isinstance(payment, str):
            known = rows.of_kind(kinds.PAYMENT_INTENT).filter(pk=payment).exists()
            is_intent = known or payment.startswith("pi_")
        else:
            is_intent = isinstance(payment, conf.model(kinds.PAYMENT_INTENT.model))
        return StripePaymentIntent if is_intent else StripeCharge

    @classmethod
    def _is_unusable(cls, row: Refund) -> bool:
        return super()._is_unusable(row) or row.status in ("canceled", "failed")
