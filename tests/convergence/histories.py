"""Histories of a Stripe account, as hypothesis makes them up, and what happens in each step."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.db import connections
from hypothesis import strategies as st

from stripe_integrations import conf, mapping
from stripe_integrations.actions import MIRRORED, StripeWebhook
from tests.fake_stripe import FakeStripe
from tests.fake_stripe_http import Refused

ACCOUNTS = (None, "acct_1")
RESOURCES = ("products", "coupons", "customers", "prices", "subscriptions")
#: Few values, so that objects are changed and changed back.
VALUES = ("a", "b", "c")
#: The attribute that a change sets; metadata is an object inside the object.
ATTRIBUTES = {"prices": "nickname", "subscriptions": "collection_method"}
WORKERS = 4


@dataclass(frozen=True)
class Act:
    """Somebody creates, changes or deletes an object at Stripe."""

    verb: str
    account: str | None
    resource: str
    number: int
    value: str
    in_metadata: bool
    #: Seconds that the event's `created` is wrong by.
    skew: int
    tells_previous: bool


@dataclass(frozen=True)
class Deliver:
    """Stripe delivers an event that happened, perhaps not for the first time."""

    which: int


#: Seconds that pass, or steps that happen at the same time.
Step = float | tuple[Act | Deliver, ...]

deliveries = st.builds(Deliver, which=st.integers(0, 1000))


def steps(resources: list[str]) -> st.SearchStrategy[list[Step]]:
    """Make up what happens to objects of a few kinds: the fewer, the more happens to each."""
    acts = st.builds(
        Act,
        verb=st.sampled_from(("change", "change", "change", "change", "delete")),
        account=st.sampled_from((None, None, None, "acct_1")),
        resource=st.sampled_from(resources),
        number=st.sampled_from((0, 0, 0, 1)),
        value=st.sampled_from(VALUES),
        in_metadata=st.booleans(),
        skew=st.sampled_from((0, 0, 0, -1, 1)),
        tells_previous=st.sampled_from((True, True, False)),
    )
    one = st.one_of(acts, acts, deliveries)
    step = st.one_of(
        st.sampled_from((0.1, 0.3, 0.6, 1.0, 2.0, 3.0, 7.0, 3600.0)),
        one.map(lambda thing: (thing,)),
        one.map(lambda thing: (thing,)),
        st.lists(st.one_of(acts, deliveries, deliveries), min_size=2, max_size=WORKERS).map(tuple),
    )
    return st.lists(step, min_size=15, max_size=60)


#: Steps, and a seed of the order in which what is left is delivered then.
histories = st.tuples(
    st.lists(st.sampled_from(RESOURCES), min_size=1, max_size=3, unique=True).flatmap(steps),
    st.integers(0, 2**32),
)


@dataclass
class World:
    """A Stripe, and a mirror that follows it; `prefix` sets its objects apart from others'."""

    api: FakeStripe
    other_mode: FakeStripe
    prefix: str
    pool: ThreadPoolExecutor
    #: (event as delivered, how often)
    told: list[dict[str, Any]] = field(default_factory=list)
    delivered: list[int] = field(default_factory=list)

    def play(self, steps: list[Step], seed: int) -> None:
        """Take the steps, then deliver what was never delivered, in any order."""
        for step in steps:
            if isinstance(step, float):
                assert self.api.clock is not None
                self.api.clock += step
            else:
                self.together(step)
        left = [number for number, count in enumerate(self.delivered) if not count]
        random.Random(seed).shuffle(left)
        for start in range(0, len(left), WORKERS):
            self.together([Deliver(number) for number in left[start : start + WORKERS]])

    def together(self, things: Any) -> None:
        if len(things) == 1:
            self.do(things[0])
            return
        futures = [self.pool.submit(self.do, thing) for thing in things]
        wait(futures)
        for future in futures:
            future.result()

    def do(self, thing: Act | Deliver) -> None:
        if isinstance(thing, Act):
            self.act(thing)
        elif self.told:
            number = thing.which % len(self.told)
            self.delivered[number] += 1
            message = self.told[number]
            StripeWebhook.receive(json.loads(json.dumps(message)), json.dumps(message))

    def act(self, act: Act) -> None:
        """Do it at Stripe, and the same in the other mode; what Stripe refuses does not happen."""
        for api, livemode in ((self.api, False), (self.other_mode, True)):
            with api.lock, api.acting_for(act.account) as held:
                api.skew, api.clock = act.skew, self.api.clock
                known = len(held.events)
                with suppress(Refused):
                    getattr(self, act.verb)(api, act)
                for message in list(held.events.values())[known:]:
                    message["livemode"] = livemode
                    if act.account:
                        message = {**message, "account": act.account}
                    if not act.tells_previous:
                        data = {"object": message["data"]["object"]}
                        message = {**message, "data": data}
                    self.told.append(message)
                    self.delivered.append(0)

    # -- the verbs

    def create(self, api: FakeStripe, act: Act) -> None:
        params = {"id": self.id_of(act), **self.given(act)}
        if act.resource == "customers" and params["id"] in api.current.deleted:
            return  # Stripe gives a customer's id once
        if act.resource == "subscriptions":
            needed = Act("create", act.account, "customers", 0, "a", False, act.skew, True)
            owner = self.id_of(needed)
            price = {**needed.__dict__, "resource": "prices"}
            for each in (needed, Act(**price)):
                if self.id_of(each) not in api.objects[each.resource]:
                    self.create(api, each)
            params |= {"customer": owner, "items": [{"price": self.id_of(Act(**price))}]}
        api.create(act.resource, params)

    def change(self, api: FakeStripe, act: Act) -> None:
        if self.id_of(act) not in api.objects[act.resource]:
            self.create(api, act)
            return
        api.change(act.resource, self.id_of(act), self.given(act))

    def delete(self, api: FakeStripe, act: Act) -> None:
        api.delete(act.resource, self.id_of(act))

    def id_of(self, act: Act) -> str:
        return self.name(act.account, act.resource, act.number)

    def name(self, account: str | None, resource: str, number: int) -> str:
        """Return an id; two accounts share those that people choose."""
        owner = account or "" if resource in ("customers", "subscriptions") else ""
        return f"{self.prefix}{owner}{resource}{number}"

    def given(self, act: Act) -> dict[str, Any]:
        if act.in_metadata:
            return {"metadata": {"key": act.value, act.value: act.value}}
        return {ATTRIBUTES.get(act.resource, "name"): act.value}

    # -- the comparison

    def differences(self) -> list[str]:
        """Return what the mirror says otherwise than Stripe."""
        found = []
        for account in ACCOUNTS:
            with self.api.acting_for(account) as held:
                for resource in RESOURCES:
                    for number in range(2):
                        id = self.name(account, resource, number)
                        found += self.compare(account, resource, id, held.objects[resource].get(id))
        return found

    def compare(self, account: str | None, resource: str, id: str, data: Any) -> list[str]:
        action = next(each for each in MIRRORED.values() if each.resource == resource)
        model = action.model()
        key = mapping.row_id(model, id, account)
        row = model.objects.using(conf.database()).filter(pk=key, account=account).first()
        where = f"{account} {id}"
        if data is None:
            return [] if row is None or row.is_deleted else [f"{where} lives on"]
        if row is None or row.is_deleted:
            return [f"{where} is missing"]
        wrong = [] if row.stripe_data == data else [f"{where}: {row.stripe_data} is not {data}"]
        column = ATTRIBUTES.get(resource, "name")
        if getattr(row, column) != data[column] or row.metadata != data["metadata"]:
            wrong.append(f"{where}: columns")
        return wrong + ([f"{where} is in doubt"] if row.in_doubt else [])


def close_connections() -> None:
    """Close what a worker's thread has open."""
    connections.close_all()
