from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_integrations import client, kinds
from stripe_integrations.actions import arguments
from stripe_integrations.actions.base import StripeAction
from stripe_integrations.actions.calls import Row

if TYPE_CHECKING:
    from stripe_integrations.models import BankAccount, Card, Source, StripeModel  # noqa: F401 - in quotes below


class StripeCustomerSource(StripeAction[Row]):
    """Base for what lives below a customer: it is found by its customer and its own id.

    A customer is passed as a row, an id or a local user; a source as a row or an id.
    """

    @classmethod
    def create(
        cls, customer: Any, source: str, *, idempotency_key: str | None = None, **params: Any
    ) -> Row:
        """Attach a token or source to a customer at Stripe and return the row.

        Raises stripe.StripeError.
        """
        owner = arguments.customer(customer)
        path = client.resource_path("customers", owner.id, cls.kind.resource)
        return cls._create(
            path,
            {"source": source, **params},
            account=owner.account,
            idempotency_key=idempotency_key,
        )

    @classmethod
    def delete(cls, source: StripeModel | str, *, idempotency_key: str | None = None) -> Row:
        """Detach it from its customer at Stripe, and return the row, marked as deleted.

        One that is detached already is no error. Raises stripe.StripeError.
        """
        return cls._delete(source, idempotency_key=idempotency_key)

    @classmethod
    def retrieve(
        cls,
        id: StripeModel | str,  # noqa: A002
        *,
        customer: Any = None,
        account: str | None = None,
    ) -> Row:
        """Read one from the API by its Stripe id or its row, write it, and return the row.

        `customer` is its customer; by default, what the row says. Raises
        stripe.InvalidRequestError when Stripe has no such object, and TypeError for neither a row
        nor an id.
        """
        own_id, account = arguments.stripe_id(cls.kind, id, account)
        owner = None if customer is None else arguments.customer(customer)
        if owner is None:
            return cls._retrieve({"id": own_id, "customer": None}, account)
        return cls._retrieve({"id": own_id, "customer": owner.id}, account or owner.account)


class StripeCard(StripeCustomerSource["Card"]):
    """Verbs on customers' cards. Follows https://docs.stripe.com/api/cards."""

    kind = kinds.CARD


class StripeBankAccount(StripeCustomerSource["BankAccount"]):
    """Verbs on bank accounts. Follows https://docs.stripe.com/api/customer_bank_accounts."""

    kind = kinds.BANK_ACCOUNT


class StripeSource(StripeCustomerSource["Source"]):
    """Verbs on sources. Follows https://docs.stripe.com/api/sources."""

    kind = kinds.SOURCE
