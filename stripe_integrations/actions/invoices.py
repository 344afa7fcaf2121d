from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stripe_integrations import client, kinds
from stripe_integrations.actions import arguments
from stripe_integrations.actions.resources import StripeCustomerResource

if TYPE_CHECKING:
    from stripe_integrations.models import Invoice, StripeBaseInvoice


class StripeInvoice(StripeCustomerResource["Invoice"]):
    """Verbs on invoices. Follows https://docs.stripe.com/api/invoices."""

    kind = kinds.INVOICE

    @classmethod
    def create(cls, customer: Any, *, idempotency_key: str | None = None, **params: Any) -> Invoice:
        """Create a draft, and return its row.

        The same call within a day returns the same invoice, unless that is deleted or void: for
        another one, pass other `metadata` or an `idempotency_key`. Raises stripe.StripeError.
        """
        owner = arguments.customer(customer)
        params = {"customer": owner.id, **params}
        return cls._create_one(params, account=owner.account, idempotency_key=idempotency_key)

    @classmethod
    def update(
        cls, invoice: StripeBaseInvoice | str, *, idempotency_key: str | None = None, **params: Any
    ) -> Invoice:
        """Change an invoice at Stripe, and return its row. Raises stripe.StripeError."""
        return cls._change(invoice, params, idempotency_key=idempotency_key)

    @classmethod
    def finalize(
        cls, invoice: StripeBaseInvoice | str, *, idempotency_key: str | None = None, **params: Any
    ) -> Invoice:
        """Make a draft an open invoice with a number, and return its row.

        Raises stripe.StripeError.
        """
        return cls._change(invoice, params, "finalize", idempotency_key=idempotency_key)

    @classmethod
    def pay(
        cls, invoice: StripeBaseInvoice | str, *, idempotency_key: str | None = None, **params: Any
    ) -> Invoice:
        """Pay an invoice by its customer's payment method, and return its row.

        `paid_out_of_band=True` says that it was paid elsewhere. Raises stripe.CardError when the
        card is declined, and other stripe.StripeError.
        """
        return cls._change(invoice, params, "pay", idempotency_key=idempotency_key)

    @classmethod
    def send(
        cls, invoice: StripeBaseInvoice | str, *, idempotency_key: str | None = None, **params: Any
    ) -> Invoice:
        """Let Stripe mail an invoice to its customer, and return its row.

        Raises stripe.StripeError.
        """
        return cls._change(invoice, params, "send", idempotency_key=idempotency_key)

    @classmethod
    def void(
        cls, invoice: StripeBaseInvoice | str, *, idempotency_key: str | None = None, **params: Any
    ) -> Invoice:
        """Void an open or uncollectible invoice, for good, and return its row.

        Raises stripe.StripeError.
        """
        return cls._change(invoice, params, "void", idempotency_key=idempotency_key)

    @classmethod
    def mark_uncollectible(
        cls, invoice: StripeBaseInvoice | str, *, idempotency_key: str | None = None, **params: Any
    ) -> Invoice:
        """Give up an open invoice as a bad debt, and return its row. Raises stripe.StripeError."""
        return cls._change(invoice, params, "mark_uncollectible", idempotency_key=idempotency_key)

    @classmethod
    def delete(
        cls, invoice: StripeBaseInvoice | str, *, idempotency_key: str | None = None
    ) -> Invoice:
        """Delete a draft at Stripe, and return its row, marked as deleted.

        Stripe refuses any other invoice, and a subscription's: void it. Raises stripe.StripeError.
        """
        return cls._delete(invoice, idempotency_key=idempotency_key)

    @classmethod
    def pdf_url(cls, invoice: StripeBaseInvoice | str) -> str | None:
        """Return where an invoice's PDF is; None for a draft, which has none.

        The invoice is read from the API if its row does not say. Raises stripe.StripeError.
        """
        meant = arguments.reference(cls.kind, invoice)
        row: Any = meant.row
        if row is None or not row.invoice_pdf:
            row = cls.retrieve(meant.id, account=meant.account)
        url: str | None = row.invoice_pdf
        return url

    @classmethod
    def upcoming(cls, customer: Any, **params: Any) -> dict[str, Any]:
        """Return a preview of a customer's next invoice; nothing is stored, here or at Stripe.

        `params` say what of: `subscription`, `schedule`, `subscription_details`, `invoice_items`.
        Raises stripe.StripeError. Follows https://docs.stripe.com/api/invoices/create_preview.
        """
        owner = arguments.customer(customer)
        path = client.resource_path(cls.kind.resource, "create_preview")
        params = arguments.with_ids({"customer": owner.id, **params})
        return client.request("post", path, params, account=owner.account).data

    @classmethod
    def _is_unusable(cls, row: Invoice) -> bool:
        return super()._is_unusable(row) or row.status == "void"
