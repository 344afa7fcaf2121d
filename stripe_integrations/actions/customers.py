from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stripe_integrations import client, conf, kinds, local_users
from stripe_integrations.actions import arguments, idempotency
from stripe_integrations.actions.base import StripeAction
from stripe_integrations.actions.tax_ids import StripeTaxId
from stripe_integrations.mirror import rows, users
from stripe_integrations.mirror.attempts import account_or_events
from stripe_integrations.money import to_minor

if TYPE_CHECKING:
    from stripe_integrations.models import Customer, StripeBaseTaxId, TaxId
    from stripe_integrations.models.customers import CustomerQuerySet


class StripeCustomer(StripeAction["Customer"]):
    """Verbs on customers. Follows https://docs.stripe.com/api/customers.

    A customer is passed as a row, an id or a local user.
    """

    kind = kinds.CUSTOMER

    @classmethod
    def create(
        cls,
        user: Any,
        email: str | None = None,
        metadata: dict[str, str] | None = None,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Customer:
        """Return the user's customer; create it at Stripe if there is none.

        Calls at the same moment create one customer: they send the same idempotency key. `email`
        defaults to the user's. Raises stripe.StripeError, TypeError for what is no user, and
        ValueError for one that is not saved.
        """
        existing = cls.get(local_users.saved(user))
        if existing is not None:
            return existing
        email = email or local_users.email_of(user)
        params = {
            "metadata": {**(metadata or {}), conf.get("USER_METADATA_KEY"): str(user.pk)},
            **({"email": email} if email else {}),
            **params,
        }
        # A key is good for a day at Stripe: a customer deleted since must not be answered again.
        gone = cls._rows().for_user(user).exclude(deleted_at=None).order_by("pk")
        row = cls._create(
            client.resource_path(cls.kind.resource),
            params,
            idempotency_key=idempotency_key,
            unusable=gone.values_list("pk", flat=True),
        )
        users.assign(row, user)
        return row

    @classmethod
    def get(cls, user: Any, *, account: str | None = None) -> Customer | None:
        """Return, from the mirror, the user's newest customer of an account, or None.

        `account` is the id of a connected account, None for our own.
        """
        theirs: CustomerQuerySet[Customer] = cls._rows().for_user(user, account=account)
        return theirs.not_deleted().order_by("-created", "-pk").first()

    @classmethod
    def link_by_checkout(cls, session: dict[str, Any], *, account: str | None = None) -> None:
        """Link the user that a checkout names to its customer, if that is of the same account.

        Within a webhook class, `account` is by default the event's, else our own.
        """
        users.link_checkout(arguments.stripe_object(session), account=account_or_events(account))

    @classmethod
    def update(
        cls, customer: Any, *, idempotency_key: str | None = None, **params: Any
    ) -> Customer:
        """Change a customer at Stripe, and return the row. Raises stripe.StripeError."""
        return cls._change(_passed(customer), params, idempotency_key=idempotency_key)

    @classmethod
    def delete(cls, customer: Any, *, idempotency_key: str | None = None) -> Customer:
        """Delete a customer at Stripe, and return the row, marked as deleted.

        Stripe cancels their subscriptions at once. One that is deleted already is no error. Raises
        stripe.StripeError.
        """
        return cls._delete(_passed(customer), idempotency_key=idempotency_key)

    @classmethod
    def set_default_payment_method(
        cls, customer: Any, payment_method: Any, *, idempotency_key: str | None = None
    ) -> Customer:
        """Let invoices be paid with a payment method of the customer's, and return the row.

        The payment method is a row or an id; None for no default. Raises stripe.StripeError.
        """
        chosen = ""  # which Stripe takes for none
        if payment_method is not None:
            chosen = arguments.reference(kinds.PAYMENT_METHOD, payment_method).id
        settings = {"invoice_settings": {"default_payment_method": chosen}}
        return cls._change(_passed(customer), settings, idempotency_key=idempotency_key)

    @classmethod
    def adjust_balance(
        cls,
        customer: Any,
        amount: int | Decimal,
        currency: str | None = None,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Customer:
        """Add an amount to what a customer owes, less than 0 for a credit, and return the row.

        The amount is an int in minor units or a Decimal in the unit of the currency, which is by
        default the customer's. Calls at the same moment with the same amount count as one: pass an
        `idempotency_key` of your own to tell them apart. Raises ValueError without a currency, and
        stripe.StripeError. Follows https://docs.stripe.com/api/customer_balance_transactions.
        """
        passed = _passed(customer)
        given = arguments.customer(passed)
        row: Any = given.row
        currency = currency or (row.currency if row else None)
        if currency is None:
            raise ValueError('The customer has no currency yet: pass one, currency="usd".')
        cls._post(
            client.resource_path("customers", given.id, "balance_transactions"),
            {"amount": to_minor(amount, currency), "currency": currency, **params},
            given.account,
            [rows.version(cls.kind, given.id, given.account)],
            idempotency_key,
        )
        # The answer is a transaction. The version of the row that is written here is what makes
        # the same call another one.
        return cls._up_to_date(passed, cls.retrieve(given.id, account=given.account))

    @classmethod
    def add_tax_id(
        cls,
        customer: Any,
        type: str,  # noqa: A002 - Stripe's name
        value: str,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> TaxId:
        """Call `StripeTaxId.create`, and return the row of the tax id."""
        return StripeTaxId.create(customer, type, value, idempotency_key=idempotency_key, **params)

    @classmethod
    def remove_tax_id(
        cls, tax_id: StripeBaseTaxId | str, *, idempotency_key: str | None = None
    ) -> TaxId:
        """Call `StripeTaxId.delete`, and return the row of the tax id."""
        return StripeTaxId.delete(tax_id, idempotency_key=idempotency_key)

    @classmethod
    def portal_url(
        cls,
        customer: Any,
        return_url: str | None = None,
        *,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> str:
        """Open a session of the customer portal, and return its URL.

        Whoever has the URL acts as the customer: redirect to it at once, and do not store it. Each
        call opens a session of its own, since one ends within minutes. Raises stripe.StripeError.
        Follows https://docs.stripe.com/api/customer_portal/sessions/create.
        """
        owner = arguments.customer(customer)
        back = {} if return_url is None else {"return_url": return_url}
        answer = client.request(
            "post",
            client.resource_path("billing_portal", "sessions"),
            {"customer": owner.id, **back, **params},
            account=owner.account,
            idempotency_key=idempotency_key or idempotency.fresh(),
        )
        return str(answer.data["url"])


def _passed(customer: Any) -> Any:
    """Return what a verb was passed; the row of their customer in place of a local user."""
    return arguments.customer(customer).row if local_users.is_user(customer) else customer
