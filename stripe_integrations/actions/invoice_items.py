from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stripe_integrations import client, kinds, money
from stripe_integrations.actions import arguments
from stripe_integrations.actions.resources import StripeCustomerResource

if TYPE_CHECKING:
    from stripe_integrations.models import (
        InvoiceItem,
        StripeBaseInvoice,
        StripeBaseInvoiceItem,
        StripeBasePrice,
    )

#: Since this version a price is in `pricing`.
PRICING = "2025-03-31"


class StripeInvoiceItem(StripeCustomerResource["InvoiceItem"]):
    """Verbs on invoice items. Follows https://docs.stripe.com/api/invoiceitems.

    Amounts are an int in minor units or a Decimal in the currency's unit, and may be negative.
    """

    kind = kinds.INVOICE_ITEM

    @classmethod
    def create(
        cls,
        customer: Any,
        amount: int | Decimal | None = None,
        currency: str | None = None,
        *,
        price: StripeBasePrice | str | None = None,
        invoice: StripeBaseInvoice | str | None = None,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> InvoiceItem:
        """Add an amount or a price to a draft, or to the customer's next invoice; return the row.

        The same call within a day returns the same item, unless that is deleted: for another one,
        pass other `metadata` or an `idempotency_key`. Raises ValueError for a Decimal that is no
        whole number of minor units, and stripe.StripeError.
        """
        owner = arguments.customer(customer)
        asked: dict[str, Any] = {"customer": owner.id}
        if amount is not None:
            asked["amount"] = money.to_minor(amount, currency)
        if currency is not None:
            asked["currency"] = currency
        if price is not None:
            told = {"price": arguments.reference(kinds.PRICE, price).id}
            asked.update({"pricing": told} if client.api_version() >= PRICING else told)
        if invoice is not None:
            asked["invoice"] = arguments.reference(kinds.INVOICE, invoice).id
        return cls._create_one(
            {**asked, **params}, account=owner.account, idempotency_key=idempotency_key
        )

    @classmethod
    def update(
        cls,
        invoice_item: StripeBaseInvoiceItem | str,
        amount: int | Decimal | None = None,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> InvoiceItem:
        """Change an item of a draft at Stripe, and return its row. Raises stripe.StripeError."""
        meant = arguments.reference(cls.kind, invoice_item)
        params = {**cls._minor(meant, amount, "amount"), **params}
        return cls._change(invoice_item, params, idempotency_key=idempotency_key)

    @classmethod
    def delete(
        cls, invoice_item: StripeBaseInvoiceItem | str, *, idempotency_key: str | None = None
    ) -> InvoiceItem:
        """Delete an item that is on no finalized invoice; return its row, marked as deleted.

        Raises stripe.StripeError.
        """
        return cls._delete(invoice_item, idempotency_key=idempotency_key)
