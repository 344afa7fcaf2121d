from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stripe_integrations import kinds, money
from stripe_integrations.actions import arguments
from stripe_integrations.actions.resources import StripeCustomerResource

if TYPE_CHECKING:
    from stripe_integrations.models import PaymentIntent, StripeBasePaymentIntent


class StripePaymentIntent(StripeCustomerResource["PaymentIntent"]):
    """Verbs on payment intents. Follows https://docs.stripe.com/api/payment_intents.

    Amounts are an int in minor units or a Decimal in the currency's unit. The row that a verb
    returns has the `client_secret`, which is not stored.
    """

    kind = kinds.PAYMENT_INTENT

    @classmethod
    def create(
        cls,
        customer: Any,
        amount: int | Decimal,
        currency: str,
        *,
        account: str | None = None,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> PaymentIntent:
        """Begin to take a payment, and return the row; `customer` is None for a guest.

        The same call within a day returns the same payment intent, also if that is paid, unless it
        is canceled: so a retry never takes the money twice. Another payment of the same amount has
        other `metadata`, such as the order's number, or an `idempotency_key`. `account` is that of
        a guest's payment; else the customer's holds. Raises ValueError for a Decimal that is no
        whole number of minor units, and stripe.StripeError.
        """
        asked = {"amount": money.to_minor(amount, currency), "currency": currency, **params}
        if customer is not None:
            owner = arguments.customer(customer)
            account, asked["customer"] = owner.account, owner.id
        return cls._create_one(asked, account=account, idempotency_key=idempotency_key)

    @classmethod
    def update(
        cls,
        payment_intent: StripeBasePaymentIntent | str,
        amount: int | Decimal | None = None,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> PaymentIntent:
        """Change a payment intent at Stripe, and return its row. Raises stripe.StripeError."""
        meant = arguments.reference(cls.kind, payment_intent)
        params = {**cls._minor(meant, amount, "amount"), **params}
        return cls._change(payment_intent, params, idempotency_key=idempotency_key)

    @classmethod
    def confirm(
        cls,
        payment_intent: StripeBasePaymentIntent | str,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> PaymentIntent:
        """Confirm a payment from the server, and return its row.

        Raises stripe.CardError when the card is declined, and other stripe.StripeError.
        """
        return cls._change(payment_intent, params, "confirm", idempotency_key=idempotency_key)

    @classmethod
    def capture(
        cls,
        payment_intent: StripeBasePaymentIntent | str,
        amount: int | Decimal | None = None,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> PaymentIntent:
        """Take an authorized payment, whole or `amount` of it, and return its row.

        A Decimal for an id without a row costs a read, of the currency. Raises stripe.StripeError.
        """
        meant = arguments.reference(cls.kind, payment_intent)
        params = {**cls._minor(meant, amount, "amount_to_capture"), **params}
        return cls._change(payment_intent, params, "capture", idempotency_key=idempotency_key)

    @classmethod
    def cancel(
        cls,
        payment_intent: StripeBasePaymentIntent | str,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> PaymentIntent:
        """Cancel a payment intent, and return its row. Raises stripe.StripeError."""
        return cls._change(payment_intent, params, "cancel", idempotency_key=idempotency_key)

    @classmethod
    def _is_unusable(cls, row: PaymentIntent) -> bool:
        return super()._is_unusable(row) or row.status == "canceled"
