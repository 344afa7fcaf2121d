"""Bases for the kinds that have verbs: of most of them, of a customer's, of what is archived."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from stripe_integrations import client, local_users, money
from stripe_integrations.actions import arguments
from stripe_integrations.actions.arguments import Reference
from stripe_integrations.actions.base import StripeAction
from stripe_integrations.actions.calls import Row
from stripe_integrations.mirror import listing
from stripe_integrations.mirror.snapshots import from_answer

if TYPE_CHECKING:
    from stripe_integrations.models.querysets import OfCustomerQuerySet


class StripeResource(StripeAction[Row]):
    """Base for kinds that Stripe's API creates and changes.

    An object is passed as its row or its id, a customer also as a local user; parameters may hold
    rows. A row that is passed is brought up to date. The account is the row's; an id without a row
    belongs to our own.
    """

    @classmethod
    def _create_one(
        cls,
        params: dict[str, Any],
        *,
        account: str | None = None,
        idempotency_key: str | None = None,
    ) -> Row:
        """Create an object, and return its row."""
        path = client.resource_path(*cls.kind.resource.split("/"))
        params = arguments.with_ids(params)
        return cls._create(path, params, account=account, idempotency_key=idempotency_key)

    @classmethod
    def _change(
        cls,
        passed: Any,
        params: dict[str, Any],
        *below: str,
        method: str = "post",
        idempotency_key: str | None = None,
    ) -> Row:
        params = arguments.with_ids(params)
        return super()._change(
            passed, params, *below, method=method, idempotency_key=idempotency_key
        )

    @classmethod
    def _minor(cls, meant: Reference, amount: int | Decimal | None, name: str) -> dict[str, int]:
        """Return the parameter of an amount in the object's currency; none without an amount."""
        if amount is None:
            return {}
        row: Any = meant.row
        if isinstance(amount, Decimal) and not (row and row.currency):
            row = cls.retrieve(meant.id, account=meant.account)
        return {name: money.to_minor(amount, row and row.currency)}


class StripeCustomerResource(StripeResource[Row]):
    """Base for kinds whose objects belong to a customer."""

    @classmethod
    def of(cls, customer: Any) -> OfCustomerQuerySet[Row]:
        """Return, from the mirror, a customer's rows; none of a user who has no customer."""
        known: OfCustomerQuerySet[Row] = cls._rows().not_deleted()
        if local_users.is_user(customer):
            return known.for_user(customer)
        owner = arguments.customer(customer)
        return known.filter(customer=owner.id, account=owner.account)

    @classmethod
    def sync_of(cls, customer: Any, **params: Any) -> list[Row]:
        """Read a customer's objects from the API, write those that are newer, return their rows.

        `params` are those of Stripe's list. Raises ValueError for a user who has no customer, and
        stripe.StripeError.
        """
        owner = arguments.customer(customer)
        found = listing.pages_of(cls.kind, owner.id, owner.account, arguments.with_ids(params))
        return [
            cls._write(from_answer(data, page.answer), account=owner.account)
            for page in found
            for data in page.objects
        ]


class StripeArchivable(StripeResource[Row]):
    """Base for kinds that are archived: no longer offered, and still there for who has them."""

    @classmethod
    def update(cls, given: Row | str, *, idempotency_key: str | None = None, **params: Any) -> Row:
        """Change one at Stripe, and return its row. Raises stripe.StripeError."""
        return cls._change(given, params, idempotency_key=idempotency_key)

    @classmethod
    def archive(cls, given: Row | str, *, idempotency_key: str | None = None) -> Row:
        """Offer it no longer (`active=False`), and return its row. Raises stripe.StripeError."""
        return cls._change(given, {"active": False}, idempotency_key=idempotency_key)

    @classmethod
    def unarchive(cls, given: Row | str, *, idempotency_key: str | None = None) -> Row:
        """Offer it again (`active=True`), and return its row. Raises stripe.StripeError."""
        return cls._change(given, {"active": True}, idempotency_key=idempotency_key)

    @classmethod
    def _is_unusable(cls, row: Row) -> bool:
        return super()._is_unusable(row) or getattr(row, "active", None) is False
