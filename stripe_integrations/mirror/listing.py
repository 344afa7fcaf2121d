"""Lists of Stripe's API, a page at a time; each object in them is whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import stripe

from stripe_integrations import client, kinds, storable
from stripe_integrations.kinds import Kind
from stripe_integrations.livemode import refuse_other_mode
from stripe_integrations.mirror import fetch, rows


@dataclass(frozen=True)
class Page:
    """Objects of a kind, newest first, and the answer that they came in."""

    objects: list[dict[str, Any]]
    answer: client.Answer

    @property
    def has_more(self) -> bool:
        """Whether the list goes on after them."""
        return bool(self.answer.data.get("has_more") and self.answer.data["data"])

    @property
    def last(self) -> dict[str, Any]:
        """The object that the next page starts after."""
        last: dict[str, Any] = self.answer.data["data"][-1]
        return last


def list_pages(kind: Kind, account: str | None) -> Iterator[Page]:
    """Read all objects of a kind.

    Raises stripe.StripeError, and ValueError for a kind that the API does not list.
    """
    refuse_unlisted(kind)
    if kind.identified_by:
        yield from _lists_of_customers(kind, account)
    elif kind.is_listed_by_customer:
        for customers in list_pages(kinds.CUSTOMER, account):
            yield from pages_of_customers(kind, _ids(customers), account)
    else:
        for answer in client.pages(_list_path(kind), _list_params(kind), account=account):
            yield _page_of(kind, answer, account)


def _ids(page: Page) -> list[str]:
    return [each["id"] for each in page.objects]


def _lists_of_customers(kind: Kind, account: str | None) -> Iterator[Page]:
    """Read what the API has as a list of each customer; an empty one only if there is a row."""
    (nested,) = kind.nested_lists
    for customers in list_pages(kinds.CUSTOMER, account):
        for customer in _ids(customers):
            try:
                whole, answer = fetch.listed_whole(kind, customer, account)
            except stripe.InvalidRequestError as error:
                if error.code not in client.MISSING:  # the customer was deleted since
                    raise
                continue
            known = rows.find_row(kind, customer, account)
            if whole[nested.attribute]["data"] or known is not None:
                yield Page([whole], answer)


def pages_of(
    kind: Kind, customer: str, account: str | None, given: dict[str, Any]
) -> Iterator[Page]:
    """Read a customer's objects of a kind.

    `given` are parameters of Stripe's list, on top of our own. Raises stripe.StripeError.
    """
    asked = {**kind.list_params, **given}
    if kind.is_listed_by_customer:
        below = client.resource_path("customers", customer, kind.resource)
    else:
        below = _list_path(kind)
        asked["customer"] = customer
    for answer in client.pages(below, asked, account=account):
        yield _page_of(kind, answer, account)


def refuse_unlisted(kind: Kind) -> None:
    """Raise ValueError for a kind that the API does not list."""
    if not kind.is_listed:
        raise ValueError(
            f"Stripe's API does not list every {kind.object}: sync the objects that have them."
        )


def pages_of_customers(kind: Kind, customers: Iterable[str], account: str | None) -> Iterator[Page]:
    """Read the objects of a kind that the API lists below their customers."""
    for customer in customers:
        below = client.resource_path("customers", customer, kind.resource)
        try:
            for answer in client.pages(below, dict(kind.list_params), account=account):
                yield _page_of(kind, answer, account)
        except stripe.InvalidRequestError as error:
            if error.code not in client.MISSING:  # the customer was deleted since it was listed
                raise


def read_page(kind: Kind, filters: dict[str, Any], account: str | None) -> Page:
    """Read one page of a list of objects that live below no customer. Raises stripe.StripeError."""
    asked = {"limit": client.PAGE_SIZE, **_list_params(kind), **filters}
    return _page_of(kind, client.read_list(_list_path(kind), asked, account=account), account)


def _list_path(kind: Kind) -> str:
    """Return where the API lists a kind."""
    return client.resource_path(*kind.resource.split("/"))


def _list_params(kind: Kind) -> dict[str, Any]:
    """Return what makes the list show everything."""
    return {**kind.list_params, **(fetch.asked(kind, "data.") or {})}


def _page_of(kind: Kind, answer: client.Answer, account: str | None) -> Page:
    """Return the objects in an answer that can be mirrored, with complete lists.

    Raises stripe.APIError where the answer is no list, or of the other mode.
    """
    listed = answer.data.get("data")
    if not isinstance(listed, list):
        raise stripe.APIError(f"The API's answer is no list of {kind.object}.")
    found, is_all = [], True
    may_be_deep = storable.is_deeper_than(listed, storable.MAX_DEPTH)
    refuse_other_mode(*listed)
    for data in listed:
        is_other = any(data.get(name, each) != each for name, each in kind.filters.items())
        if is_other or rows.pk_or_none(kind, data.get("id"), account) is None:
            continue
        complete = fetch.completed(kind, data, account)
        is_all = is_all and complete is data
        is_deep = may_be_deep or complete is not data
        if not is_deep or not storable.is_deeper_than(complete, storable.MAX_DEPTH):
            found.append(complete)
    return Page(found, answer if is_all else replace(answer, text=""))
