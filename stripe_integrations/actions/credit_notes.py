from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stripe_integrations import client, kinds, money
from stripe_integrations.actions import arguments
from stripe_integrations.actions.arguments import Reference
from stripe_integrations.actions.invoices import StripeInvoice
from stripe_integrations.actions.resources import StripeCustomerResource

if TYPE_CHECKING:
    from stripe_integrations.models import CreditNote, StripeBaseCreditNote, StripeBaseInvoice

#: The parameters that are amounts.
AMOUNTS = ("amount", "credit_amount", "out_of_band_amount", "refund_amount")


class StripeCreditNote(StripeCustomerResource["CreditNote"]):
    """Verbs on credit notes. Follows https://docs.stripe.com/api/credit_notes.

    A credit note also changes its invoice at Stripe, whose row follows with its event.
    """

    kind = kinds.CREDIT_NOTE

    @classmethod
    def create(
        cls,
        invoice: StripeBaseInvoice | str,
        amount: int | Decimal | None = None,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> CreditNote:
        """Credit `amount` of a finalized invoice, or `lines` of it, and return the row.

        Amounts are an int in minor units or a Decimal in the currency's unit. For a paid invoice
        `refund_amount`, `credit_amount` and `out_of_band_amount` say where it goes. The same call
        within a day returns the same credit note, unless that is void. Raises stripe.StripeError.
        """
        meant = arguments.reference(kinds.INVOICE, invoice)
        params = cls._params(meant, {"amount": amount, **params})
        return cls._create_one(params, account=meant.account, idempotency_key=idempotency_key)

    @classmethod
    def preview(
        cls,
        invoice: StripeBaseInvoice | str,
        amount: int | Decimal | None = None,
        **params: Any,
    ) -> dict[str, Any]:
        """Return what `create` would make; nothing is stored. Raises stripe.StripeError.

        Follows https://docs.stripe.com/api/credit_notes/preview.
        """
        meant = arguments.reference(kinds.INVOICE, invoice)
        params = arguments.with_ids(cls._params(meant, {"amount": amount, **params}))
        path = client.resource_path(cls.kind.resource, "preview")
        return client.request("get", path, params, account=meant.account).data

    @classmethod
    def update(
        cls,
        credit_note: StripeBaseCreditNote | str,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> CreditNote:
        """Change a credit note's memo or metadata at Stripe, and return its row.

        Raises stripe.StripeError.
        """
        return cls._change(credit_note, params, idempotency_key=idempotency_key)

    @classmethod
    def void(
        cls,
        credit_note: StripeBaseCreditNote | str,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> CreditNote:
        """Void a credit note of an open invoice, and return its row. Raises stripe.StripeError."""
        return cls._change(credit_note, params, "void", idempotency_key=idempotency_key)

    @classmethod
    def _params(cls, invoice: Reference, params: dict[str, Any]) -> dict[str, Any]:
        """Return the parameters with amounts in minor units of the invoice's currency."""
        asked: dict[str, Any] = {"invoice": invoice.id}
        row: Any = invoice.row
        for name, value in params.items():
            if name in AMOUNTS and isinstance(value, Decimal) and not (row and row.currency):
                row = StripeInvoice.retrieve(invoice.id, account=invoice.account)
            if value is not None:
                is_amount = name in AMOUNTS
                asked[name] = money.to_minor(value, row and row.currency) if is_amount else value
        return asked

    @classmethod
    def _is_unusable(cls, row: CreditNote) -> bool:
        return super()._is_unusable(row) or row.status == "void"
