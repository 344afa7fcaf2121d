from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_integrations import client, kinds
from stripe_integrations.actions import arguments
from stripe_integrations.actions.base import StripeAction

if TYPE_CHECKING:
    from stripe_integrations.models import StripeBaseTaxId, TaxId


class StripeTaxId(StripeAction["TaxId"]):
    """Verbs on the tax ids of customers. Follows https://docs.stripe.com/api/tax_ids."""

    kind = kinds.TAX_ID

    @classmethod
    def create(
        cls,
        customer: Any,
        type: str,  # noqa: A002 - Stripe's name
        value: str,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> TaxId:
        """Add a tax id to a customer at Stripe, "eu_vat" and "DE123456789", and return the row.

        The same call within a day returns the same row, unless that was deleted since. Raises
        stripe.StripeError.
        """
        owner = arguments.customer(customer)
        return cls._create(
            client.resource_path("customers", owner.id, "tax_ids"),
            {"type": type, "value": value, **params},
            account=owner.account,
            idempotency_key=idempotency_key,
        )

    @classmethod
    def delete(cls, tax_id: StripeBaseTaxId | str, *, idempotency_key: str | None = None) -> TaxId:
        """Delete a tax id at Stripe, and return the row, marked as deleted.

        One that is deleted already is no error. Raises stripe.StripeError.
        """
        return cls._delete(tax_id, idempotency_key=idempotency_key)
