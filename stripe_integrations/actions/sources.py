from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import stripe

from stripe_integrations import client, mapping
from stripe_integrations.actions.base import StripeAction
from stripe_integrations.actions.snapshots import from_answer


class StripeCustomerSource(StripeAction):
    """Base for what lives below a customer: it is found by its customer and its own id."""

    resource = "sources"

    @classmethod
    def create(cls, customer: Any, source: str, **params: Any) -> Any:
        """Attach a token or source to a customer at Stripe and return the row.

        Raises stripe.StripeError.
        """
        path = client.resource_path("customers", customer.pk, cls.resource)
        return cls._call("post", path, {"source": source, **params}, account=customer.account)

    @classmethod
    def delete(cls, row: Any) -> Any:
        """Detach it from its customer at Stripe, and return the row, marked as deleted.

        Raises stripe.StripeError.
        """
        path = cls._owned_path(row.pk, row.customer_id)
        seen = cls._version(row.pk, row.account)
        answer = client.request("delete", path, account=row.account)
        # Stripe answers with a stub for a card, and with the whole object for a source.
        stub = {"id": row.pk, "object": cls.object_name, "deleted": True}
        return cls._write(from_answer(stub, answer, seen), account=row.account)

    @classmethod
    def retrieve(
        cls,
        id: str,  # noqa: A002
        *,
        customer: str | None = None,
        account: str | None = None,
    ) -> Any:
        """Read one from the API, write it, and return the row.

        `customer` is its customer's id; the row's where there is a row. Raises
        stripe.InvalidRequestError when Stripe has no such object.
        """
        return cls._retrieve({"id": id, "customer": customer}, account)

    @classmethod
    def _path(cls, data: dict[str, Any]) -> str:
        owner = mapping.reference(data.get("customer")) or cls._owner(data["id"])
        return cls._owned_path(data["id"], owner)

    @classmethod
    def _owner(cls, id: str) -> str | None:  # noqa: A002
        owner: str | None = cls._rows().filter(pk=id).values_list("customer_id", flat=True).first()
        return owner

    @classmethod
    def _owned_path(cls, id: str, customer: str | None) -> str:  # noqa: A002
        if customer is None:
            raise ValueError(
                f"Stripe finds {id} only below its customer, and no row says whose it is: "
                f"call {cls.__name__}.retrieve({id!r}, customer=…)."
            )
        return client.resource_path("customers", customer, cls.resource, id)

    @classmethod
    def _pages(cls, account: str | None) -> Iterator[client.Answer]:
        for customers in client.pages(client.resource_path("customers"), account=account):
            for customer in customers.data["data"]:
                if mapping.is_usable_id(customer.get("id")):
                    yield from cls._pages_of(customer["id"], account)

    @classmethod
    def _pages_of(cls, customer: str, account: str | None) -> Iterator[client.Answer]:
        path = client.resource_path("customers", customer, cls.resource)
        try:
            yield from client.pages(path, {"object": cls.object_name}, account=account)
        except stripe.InvalidRequestError as error:
            if error.code != "resource_missing":  # the customer was deleted since it was listed
                raise


class StripeCard(StripeCustomerSource):
    """Verbs on customers' cards. Follows https://docs.stripe.com/api/cards."""

    model_name = "Card"
    object_name = "card"


class StripeBankAccount(StripeCustomerSource):
    """Verbs on bank accounts. Follows https://docs.stripe.com/api/customer_bank_accounts."""

    model_name = "BankAccount"
    object_name = "bank_account"


class StripeSource(StripeCustomerSource):
    """Verbs on sources. Follows https://docs.stripe.com/api/sources."""

    model_name = "Source"
    object_name = "source"
