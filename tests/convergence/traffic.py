"""A day of an ordinary account: what happens, and when Stripe delivers it.

Customers sign up, are billed, and change something now and then. As at Stripe, one of these makes a
burst of events: about ten within a second, some of one object, and of those some without
`previous_attributes` (a payment that failed). Between two bursts of a customer lie minutes or more.
Of the deliveries, four in five take up to a second, and the others up to 90; one in twenty comes
twice. One in ten events has a `created` that is wrong by a second.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterator
from typing import Any

from tests.convergence.histories import SNAPSHOT, THIN, VALUES, WORKERS, Act, World

#: Seconds in which it all happens.
LASTS = 20_000
#: What is sent to other destinations of the account besides: thin events of one in ten bursts.
SENT = [SNAPSHOT] * 9 + [(*SNAPSHOT, *THIN)]
#: Deliveries that are at most so many seconds apart are processed at the same time.
AT_ONCE = 0.05

#: What happens to a customer's objects in each burst, and how many seconds after it began.
SIGN_UP = (
    (0.0, "customers"),
    (0.2, "payment_methods"),
    (0.3, "customers"),
    (0.4, "checkout/sessions"),
    (0.4, "subscriptions"),
    (0.5, "invoices"),
    (0.5, "payment_intents"),
    (0.6, "invoices"),
    (0.8, "payment_intents"),
    (0.8, "invoices"),
    (0.9, "subscriptions"),
    (0.9, "entitlements"),
)
RENEWAL = (
    (0.0, "subscriptions"),
    (0.1, "invoices"),
    (0.3, "payment_intents"),
    (0.4, "invoices"),
    (0.6, "customers"),
)
EDITS = tuple(
    ((0.0, resource),)
    for resource in ("customers", "payment_methods", "products", "prices", "coupons", "topups")
)


class Traffic:
    """What happens to so many customers, made up from a seed."""

    def __init__(self, customers: int, seed: int) -> None:
        self.random = random.Random(seed)
        self.acts: list[tuple[float, Act]] = []
        for number in range(customers):
            begin = self.random.uniform(0, LASTS / 2)
            account = self.random.choice((None, None, None, "acct_1"))
            self.burst(begin, SIGN_UP, account, number)
            for burst in (RENEWAL, *self.random.sample(EDITS, 3), RENEWAL):
                begin += self.random.uniform(120, LASTS / 10)
                self.burst(begin, burst, account, number)
        self.acts.sort(key=lambda each: each[0])

    def burst(self, begin: float, burst: Any, account: str | None, number: int) -> None:
        sent = self.random.choice(SENT)
        for after, resource in burst:
            act = Act(
                verb="change",
                account=account,
                resource=resource,
                number=number,
                value=self.random.choice(VALUES),
                in_metadata=self.random.random() < 0.5,
                skew=self.random.choice((0,) * 18 + (-1, 1)),
                tells_previous=True,
                sent=sent,
            )
            self.acts.append((begin + after, act))

    def delays(self) -> Iterator[float]:
        """Return after how many seconds an event is delivered, each time that it is."""
        draw = self.random.random()
        longest = 1.0 if draw < 0.8 else 10.0 if draw < 0.95 else 90.0
        yield self.random.uniform(0.1, longest)
        if self.random.random() < 0.05:
            yield self.random.uniform(1, 90)

    def play(self, world: World) -> None:
        """Let it happen, and deliver each event in its time."""
        start = world.api.clock
        assert start is not None
        acts, due, count = self.acts[::-1], [], 0
        while acts or due:
            if acts and (not due or acts[-1][0] <= due[0][0]):
                now, act = acts.pop()
                world.api.clock = start + now
                for message in world.act(act):
                    if message["livemode"] is False:
                        world.tell([message], delivered=0)
                        for delay in self.delays():
                            count += 1
                            heapq.heappush(due, (now + delay, count, len(world.told) - 1))
                continue
            now, until = due[0][0], due[0][0] + AT_ONCE
            world.api.clock = start + now
            batch = []
            while due and due[0][0] <= until and len(batch) < WORKERS:
                batch.append(heapq.heappop(due)[2])
            world.deliver(batch)
