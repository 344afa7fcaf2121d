"""Events in many orders, which must all end in one state."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connections, router, transaction

from stripe_integrations import conf
from stripe_integrations.mirror import mapping
from stripe_integrations.testing.receivers import StripeWebhookClient

Data = dict[str, Any]

#: Orders that are made up, beside those that are always tried.
SHUFFLES = 4
#: Threads that post at once, and how often an event is posted that is not accepted.
THREADS = 4
ATTEMPTS = 5
#: Columns that Stripe does not fill by their names, and that are compared as well.
COMPARED = {"id", "account", "deleted_at", "in_doubt", "livemode", "stripe_data", "user"}


def deliver_shuffled(
    events: Sequence[Data],
    *,
    receiver: StripeWebhookClient | None = None,
    state: Callable[[], object] | None = None,
) -> None:
    """Post events in many orders, late, twice and at once, and compare what comes of each.

    Each order starts from the database as it is, and is rolled back but the last one, in which
    threads post at once. `state` returns what is compared, by default all rows of mirrors; it is
    called after each order. The test needs `django_db(transaction=True)` or TransactionTestCase,
    since threads see only what is committed.

    Raises AssertionError for an event that is not accepted, and for an order that ends elsewhere;
    TypeError for a `WebhookURL`, since what another process has written is not rolled back.
    """
    receiver = receiver or StripeWebhookClient()
    if not isinstance(receiver, StripeWebhookClient):
        raise TypeError(
            "deliver_shuffled wants a StripeWebhookClient: what a server writes is not rolled back."
        )
    using = router.db_for_write(conf.model("Event"))
    if connections[using].in_atomic_block:
        raise RuntimeError(
            "deliver_shuffled posts from threads, which do not see what a test has not committed: "
            "mark the test with django_db(transaction=True), or use TransactionTestCase."
        )
    state = state or mirrored_state
    expected: object = None
    for name, order in _orders(events):
        with _rolled_back(using):
            for event in order:
                _post(receiver, event)
            found = state()
        if name == IN_ORDER:
            expected = found
        _compare(name, found, expected)
    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda event: _post_and_close(receiver, event), [*events, *events]))
    _compare("twice and at once", state(), expected)


def mirrored_state() -> dict[tuple[str, str], Data]:
    """Return what all rows of mirrors say of Stripe's objects, by model and key."""
    rows = {}
    for name in conf.SWAPPABLE:
        if name == "Event":
            continue
        model = conf.model(name)
        filled = {column.attname for column in mapping.mapped_columns(model)}
        columns = [
            field.attname
            for field in model._meta.concrete_fields
            if field.name in COMPARED or field.attname in filled
        ]
        for row in model._base_manager.values(*columns):
            rows[name, str(row[model._meta.pk.attname])] = row
    return rows


IN_ORDER = "in order"


def _orders(events: Sequence[Data]) -> Iterator[tuple[str, list[Data]]]:
    yield IN_ORDER, list(events)
    yield "each twice", [event for event in events for _ in range(2)]
    yield "the first one late", [*events[1:], *events[:1]]
    yield "the last one first", list(reversed(events))
    chance = random.Random(0)  # the same orders in each run
    for number in range(1, SHUFFLES + 1):
        order = [*events, *chance.sample(events, len(events) // 2)]
        chance.shuffle(order)
        ids = ", ".join(event["id"] for event in order)
        yield f"in shuffled order {number} ({ids})", order


@contextmanager
def _rolled_back(using: str) -> Iterator[None]:
    atomic = transaction.atomic(using=using)
    atomic._from_testcase = True  # type: ignore[attr-defined] # as TestCase does: what is inside may be durable
    with atomic:
        yield
        transaction.set_rollback(True, using=using)


def _post(receiver: StripeWebhookClient, event: Data) -> None:
    """Post an event until it is accepted, as Stripe does."""
    statuses: list[int] = []
    while len(statuses) < ATTEMPTS:
        statuses.append(receiver.send(event).status_code)
        if statuses[-1] < 300:
            return
    raise AssertionError(f"{event['type']} {event['id']} is not accepted: {statuses}")


def _post_and_close(receiver: StripeWebhookClient, event: Data) -> None:
    try:
        _post(receiver, event)
    finally:
        connections.close_all()  # those of this thread


def _compare(name: str, found: object, expected: object) -> None:
    if found == expected:
        return
    if isinstance(found, dict) and isinstance(expected, dict):
        keys = [key for key in {**found, **expected} if found.get(key) != expected.get(key)]
        told = "\n".join(f"{key}: {found.get(key)}\n  not {expected.get(key)}" for key in keys)
    else:
        told = f"{found}\n  not {expected}"
    raise AssertionError(f"Events that arrive {name} end in another state:\n{told}")
