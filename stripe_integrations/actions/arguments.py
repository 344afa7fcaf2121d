"""What actions take where an object is meant: its row, its id, or its owner for a customer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.utils import timezone

from stripe_integrations import client, conf, kinds
from stripe_integrations.kinds import Kind
from stripe_integrations.local_users import described, is_user, noun
from stripe_integrations.mirror import rows
from stripe_integrations.storable import is_usable_id

if TYPE_CHECKING:
    from stripe_integrations.models import StripeModel


@dataclass(frozen=True)
class Reference:
    """An object that an action was given."""

    #: Its id at Stripe.
    id: str
    #: The connected account that it belongs to; None for our own.
    account: str | None
    #: Its row, None where the mirror has none.
    row: StripeModel | None = None


def is_row(kind: Kind, given: Any) -> bool:
    """Tell whether a row of a kind was given."""
    return isinstance(given, conf.model(kind.model))


def check_row(name: str, given: Any, instead: str) -> None:
    """Raise TypeError for what is no row of one of our models; `instead` says how to get one."""
    if not isinstance(given, conf.model(name)):
        raise TypeError(f"Pass the row of the {name}, not {described(given)}: {instead}.")


def stripe_id(kind: Kind, given: Any, account: str | None) -> tuple[str, str | None]:
    """Return the id and the account that are meant by a row or an id.

    Of a row, its own account unless another is given. Raises TypeError for anything else, and
    ValueError for text that is no id.
    """
    if is_row(kind, given):
        return given.stripe_id, account or given.account
    if not isinstance(given, str):
        raise TypeError(f"Pass a {kind.model} or its id at Stripe, not {described(given)}.")
    if not is_usable_id(given):
        raise ValueError(f"{given!r} is no id of a {kind.model} at Stripe.")
    return given, account


def reference(kind: Kind, given: Any) -> Reference:
    """Return the object that is meant by a row or an id.

    Raises TypeError for anything else, and ValueError for text that is no id.
    """
    own_id, account = stripe_id(kind, given, None)
    if is_row(kind, given):
        return Reference(own_id, account, given)
    found = rows.of_kind(kind).filter(pk=own_id).first()
    return Reference(own_id, found.account if found else None, found)


def customer_id(given: Any) -> str:
    """Return the id of the customer that is meant by a row or an id.

    Raises TypeError for anything else, and ValueError for text that is no id.
    """
    if not (isinstance(given, str) or is_row(kinds.CUSTOMER, given)):
        one = "a user" if conf.owners_are_users() else "an owner"
        raise TypeError(f"Pass a customer, its id at Stripe or {one}, not {described(given)}.")
    return stripe_id(kinds.CUSTOMER, given, None)[0]


def customer(given: Any) -> Reference:
    """Return the customer that is meant by a row, an id, or its local owner.

    Raises ValueError for an owner that has no customer, and TypeError for anything else.
    """
    if not is_user(given):
        customer_id(given)
        return reference(kinds.CUSTOMER, given)
    theirs = rows.of_kind(kinds.CUSTOMER).for_user(given).not_deleted()
    found = theirs.order_by("-created", "-pk").first()
    if found is None:
        raise ValueError(
            f"The {noun()} has no customer: call StripeCustomer.create({noun()}) first."
        )
    return reference(kinds.CUSTOMER, found)


def several(name: str, given: Any) -> list[Any]:
    """Return what a list, or another collection, holds.

    Raises TypeError for a single one, also for text and dicts, which Python iterates.
    """
    if isinstance(given, (str, bytes, Mapping, Model)) or not isinstance(given, Iterable):
        raise TypeError(f"Pass a list of {name}, [{name[:-1]}], not {described(given)}.")
    return list(given)


def stripe_object(given: Any) -> dict[str, Any]:
    """Return an object that Stripe gave out as a dict.

    Raises TypeError for what is neither a dict nor an object of the `stripe` package.
    """
    data = client.plain(given)
    if not isinstance(data, dict):
        raise TypeError(
            f"Pass the object as Stripe gave it out, a dict, not {described(given)}. "
            "To read one by its id, call retrieve."
        )
    return data


def whole_number(name: str, given: Any) -> int:
    """Return the argument of this name if it is an integer. Raises TypeError if not."""
    if type(given) is not int:
        raise TypeError(f"Pass a whole number as `{name}`, not {described(given)}.")
    return given


def timestamp(given: datetime | int) -> int:
    """Return a time as Stripe takes it, in Unix seconds; a naive one is in Django's time zone.

    Raises TypeError for anything else than a datetime or an integer.
    """
    if isinstance(given, datetime):
        moment = timezone.make_aware(given) if timezone.is_naive(given) else given
        return int(moment.timestamp())
    if type(given) is not int:
        raise TypeError(f"Pass a datetime or Unix seconds, not {described(given)}.")
    return given


def with_ids(params: Any) -> Any:
    """Return parameters of the API with the id at Stripe in place of each row in them."""
    if isinstance(params, dict):
        return {name: with_ids(each) for name, each in params.items()}
    if isinstance(params, list | tuple):
        return [with_ids(each) for each in params]
    return (
        params.stripe_id if isinstance(params, Model) and hasattr(params, "stripe_id") else params
    )
