"""What a reader of a window asks the API for next, and how far it is then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import stripe
from django.db.models import Q

from stripe_integrations import client, kinds, transactions
from stripe_integrations.conf import database
from stripe_integrations.kinds import Kind
from stripe_integrations.mirror import listing, mapping, rows
from stripe_integrations.mirror.listing import Page
from stripe_integrations.operations.pace import Pace, patiently

#: Customers whose lists are read in one step.
CUSTOMERS = 10


@dataclass
class Position:
    """Where the next page begins."""

    end: int | None
    cursor: str


@dataclass(frozen=True)
class Step:
    """A page, the position after it, and the rows that it would show if their objects exist."""

    page: Page
    after: Position
    is_last: bool
    covers: Q


def next_step(
    kind: Kind, account: str | None, window: Any, position: Position, pace: Pace
) -> Callable[[], Step]:
    """Return what reads the next step; it uses no database, so that any thread may call it."""
    if kind.is_listed_by_customer:
        return _of_customers(kind, account, window, position, pace)
    return _of_times(kind, account, window, position, pace)


def _of_times(
    kind: Kind, account: str | None, window: Any, position: Position, pace: Pace
) -> Callable[[], Step]:
    start = window.start
    limits = {"gte": start, **({} if position.end is None else {"lt": position.end})}
    created = {"created": limits} if kind.is_listed_by_time else {}
    after = {"starting_after": position.cursor} if position.cursor else {}

    def read() -> Step:
        try:
            page = patiently(lambda: listing.read_page(kind, {**created, **after}, account), pace)
        except stripe.InvalidRequestError as error:
            if error.code not in client.MISSING or not after:
                raise
            # The object that the page was to start after is gone.
            page = patiently(lambda: listing.read_page(kind, created, account), pace)
        if not page.has_more:
            return Step(page, Position(start, ""), True, _created(start, position.end))
        last = page.last.get("created")
        end = last + 1 if isinstance(last, int) else position.end
        covers = _created(end, position.end) if isinstance(last, int) else Q(pk=None)
        return Step(page, Position(end, page.last["id"]), False, covers)

    return read


def _of_customers(
    kind: Kind, account: str | None, window: Any, position: Position, pace: Pace
) -> Callable[[], Step]:
    customers = rows.of_kind(kinds.CUSTOMER).filter(account=account, deleted_at=None)
    within = customers.filter(_created(window.start, window.end), pk__gt=position.cursor)
    keys = within.order_by("pk").values_list("pk", flat=True)[: CUSTOMERS + 1]
    found = transactions.run_query(lambda: list(keys), database())
    asked, is_last = found[:CUSTOMERS], len(found) <= CUSTOMERS
    after = Position(window.end, asked[-1] if asked else position.cursor)

    def read() -> Step:
        pages = [
            page
            for customer in asked
            for page in patiently(
                lambda customer=customer: list(  # type: ignore[misc]
                    listing.pages_of_customers(kind, [customer], account)
                ),
                pace,
            )
        ]
        return Step(_joined(pages), after, is_last, Q(customer__in=asked))

    return read


def _joined(pages: list[Page]) -> Page:
    """Return several pages as one, which was read from the first one's time to the last one's."""
    if not pages:
        return Page([], client.Answer({"data": []}, 0, 0))
    first, last = pages[0].answer, pages[-1].answer
    objects = [each for page in pages for each in page.objects]
    return Page(objects, replace(first, as_of=last.as_of))


def _created(start: int | None, end: int | None) -> Q:
    """Return the condition that a row's object was created from a time until before another."""
    limits = {}
    if start is not None and (first := mapping.to_datetime(start)) is not None:
        limits["created__gte"] = first
    if end is not None and (last := mapping.to_datetime(end)) is not None:
        limits["created__lt"] = last
    return Q(**limits) if limits else Q(created__isnull=False)
