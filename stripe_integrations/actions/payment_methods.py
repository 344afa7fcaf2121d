from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_integrations import client, kinds
from stripe_integrations.actions import arguments
from stripe_integrations.actions.arguments import Reference
from stripe_integrations.actions.customers import StripeCustomer
from stripe_integrations.actions.resources import StripeCustomerResource

if TYPE_CHECKING:
    from stripe_integrations.models import Customer, PaymentMethod, StripeBasePaymentMethod


class StripePaymentMethod(StripeCustomerResource["PaymentMethod"]):
    """Verbs on payment methods. Follows https://docs.stripe.com/api/payment_methods."""

    kind = kinds.PAYMENT_METHOD

    @classmethod
    def attach(
        cls,
        payment_method: StripeBasePaymentMethod | str,
        customer: Any,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> PaymentMethod:
        """Attach a payment method to a customer, and return its row. Raises stripe.StripeError.

        A method that was never used or attached is the browser's to make: see setup intents.
        """
        meant, owner = cls._meant(payment_method, customer)
        row = cls._call(
            "post",
            client.resource_path(cls.kind.resource, meant.id, "attach"),
            {"customer": owner.id, **params},
            account=meant.account,
            changes=meant.id,
            idempotency_key=idempotency_key,
        )
        return cls._up_to_date(payment_method, row)

    @classmethod
    def detach(
        cls,
        payment_method: StripeBasePaymentMethod | str,
        *,
        idempotency_key: str | None = None,
    ) -> PaymentMethod:
        """Detach a payment method from its customer, for good, and return its row.

        Raises stripe.StripeError.
        """
        return cls._change(payment_method, {}, "detach", idempotency_key=idempotency_key)

    @classmethod
    def update(
        cls,
        payment_method: StripeBasePaymentMethod | str,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> PaymentMethod:
        """Change a payment method at Stripe, and return its row. Raises stripe.StripeError."""
        return cls._change(payment_method, params, idempotency_key=idempotency_key)

    @classmethod
    def set_default(
        cls,
        customer: Any,
        payment_method: StripeBasePaymentMethod | str,
        *,
        idempotency_key: str | None = None,
    ) -> Customer:
        """Let a customer's invoices be paid by a method of theirs, and return the customer's row.

        It is `StripeCustomer.set_default_payment_method`. Raises stripe.StripeError.
        """
        return StripeCustomer.set_default_payment_method(
            customer, payment_method, idempotency_key=idempotency_key
        )

    @classmethod
    def _meant(cls, payment_method: Any, customer: Any) -> tuple[Reference, Reference]:
        """Return a method and a customer; the account is the customer's if the method has no row.

        A method that the browser has just made has none.
        """
        meant = arguments.reference(cls.kind, payment_method)
        owner = arguments.customer(customer)
        return (meant if meant.row else Reference(meant.id, owner.account)), owner
