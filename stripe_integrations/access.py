"""What a customer has access to, read from the mirror: one query each, and no call to Stripe.

An owner is a user (or whatever `STRIPE_OWNER_MODEL` names), a customer's row, or its id. What is
asked of an owner without a customer, or of a user who is not logged in, is False.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypedDict

from stripe_integrations import kinds
from stripe_integrations.actions import arguments
from stripe_integrations.kinds import Kind
from stripe_integrations.local_users import described, is_nobody, is_user
from stripe_integrations.mirror import rows

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from stripe_integrations.models import (
        StripeBaseFeature,
        StripeBasePrice,
        StripeBaseProduct,
        Subscription,
    )
    from stripe_integrations.models.subscriptions import SubscriptionQuerySet

__all__ = [
    "ended",
    "entitled",
    "incomplete",
    "on_grace_period",
    "on_trial",
    "past_due",
    "subscribed",
]


class Which(TypedDict, total=False):
    """Which subscriptions are meant: those of which any item is this one; by default all.

    At most one of the first three is given.
    """

    #: A product, as its row or its id.
    product: StripeBaseProduct | str
    #: A price, as its row or its id.
    price: StripeBasePrice | str
    #: The lookup key of a price.
    lookup_key: str
    #: The id of a connected account; None for our own.
    account: str | None


def subscribed(
    owner: Any,
    *,
    while_past_due: bool = False,
    grace: timedelta | None = None,
    **which: Unpack[Which],
) -> bool:
    """Tell whether a subscription is active or trialing.

    With `while_past_due`, also one whose payment Stripe retries. With `grace`, one whose period
    ended longer ago than that does not count; None trusts the status. Raises TypeError for what is
    no owner, product or price.
    """
    found = _subscriptions(owner, which)
    found = found.current(grace=grace) if while_past_due else found.active(grace=grace)
    return found.exists()


def on_trial(owner: Any, *, grace: timedelta | None = None, **which: Unpack[Which]) -> bool:
    """Tell whether a subscription is trialing; `grace` is that of `subscribed`."""
    return _subscriptions(owner, which).active(grace=grace).filter(status="trialing").exists()


def on_grace_period(owner: Any, **which: Unpack[Which]) -> bool:
    """Tell whether a subscription is canceled, at its period's end or at a date, and still runs."""
    return _subscriptions(owner, which).canceling().exists()


def past_due(owner: Any, **which: Unpack[Which]) -> bool:
    """Tell whether a subscription's latest payment failed, and Stripe retries it."""
    return _with_status(owner, which, "past_due")


def incomplete(owner: Any, **which: Unpack[Which]) -> bool:
    """Tell whether a subscription waits for its first payment, which it does for 23 hours."""
    return _with_status(owner, which, "incomplete")


def ended(owner: Any, **which: Unpack[Which]) -> bool:
    """Tell whether there was a subscription, and all of them are over.

    One whose first payment never came was none.
    """
    statuses = set(_all_subscriptions(owner, which).values_list("status", flat=True))
    return statuses - {"incomplete_expired"} == {"canceled"}


def entitled(owner: Any, feature: StripeBaseFeature | str, *, account: str | None = None) -> bool:
    """Tell whether a customer has an active entitlement to a feature, its lookup key or its row.

    Raises TypeError for anything else. Follows https://docs.stripe.com/billing/entitlements.
    """
    found = _of(kinds.ACTIVE_ENTITLEMENT, owner, account).not_deleted().of_existing_customers()
    if arguments.is_row(kinds.FEATURE, feature):
        return bool(found.filter(feature=feature).exists())
    if not isinstance(feature, str):
        raise TypeError(f"Pass the lookup key of a Feature, or its row, not {described(feature)}.")
    return bool(found.filter(lookup_key=feature).exists())


def _with_status(owner: Any, which: Which, status: str) -> bool:
    return _subscriptions(owner, which).filter(status=status).exists()


def _subscriptions(owner: Any, which: Which) -> SubscriptionQuerySet[Subscription]:
    """Return the subscriptions that are meant, but for those of deleted customers."""
    return _all_subscriptions(owner, which).of_existing_customers()


def _all_subscriptions(owner: Any, which: Which) -> SubscriptionQuerySet[Subscription]:
    """Return the subscriptions of an owner that are meant."""
    account = which.get("account")
    given = {name: value for name, value in which.items() if name != "account"}
    if len(given) > 1:
        raise TypeError(f"Pass one of {', '.join(given)}.")
    found: Any = _of(kinds.SUBSCRIPTION, owner, account).not_deleted()
    for name, value in given.items():
        if name == "product":
            found = found.with_product(_row_or_key(kinds.PRODUCT, value, account))
        elif name == "price":
            found = found.with_price(_row_or_key(kinds.PRICE, value, account))
        elif name == "lookup_key":
            found = found.with_lookup_key(value)
        else:
            raise TypeError(f"{name} says nothing: pass product, price, lookup_key or account.")
    subscriptions: SubscriptionQuerySet[Subscription] = found
    return subscriptions


def _of(kind: Kind, owner: Any, account: str | None) -> Any:
    """Return the rows of a kind that belong to an owner's customers of an account."""
    of_all = rows.of_kind(kind)
    if owner is None or is_user(owner):
        return of_all.none() if is_nobody(owner) else of_all.for_user(owner, account=account)
    return of_all.filter(customer=arguments.customer_id(owner), account=account)


def _row_or_key(kind: Kind, given: Any, account: str | None) -> Any:
    """Return what querysets take: the row that was given, or the primary key of an id's row."""
    if not isinstance(given, str):
        return given
    own_id, _account = arguments.stripe_id(kind, given, account)
    return rows.pk_of(kind, own_id, account)
