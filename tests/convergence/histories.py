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

from stripe_integrations import conf, kinds
from stripe_integrations.exceptions import WebhookFailed
from stripe_integrations.inbox.receive import accept
from stripe_integrations.mirror import mapping, rows, settle
from stripe_integrations.operations import verify
from stripe_integrations.testing import FakeStripe, objects
from stripe_integrations.testing.fake_stripe import Refused
from stripe_integrations.testing.fake_stripe import nested_lists as fake_parts
from stripe_integrations.thin_events import OBJECT
from tests.convergence import parts

ACCOUNTS = (None, "acct_1")
RESOURCES = (
    "products",
    "coupons",
    "customers",
    "prices",
    "subscriptions",
    "invoices",
    "payment_intents",
    "payment_methods",
    "checkout/sessions",
    "topups",  # a kind without a model of its own
)
#: Acts are also on the set of a customer's active entitlements, which is no object with an id.
ENTITLEMENTS = "entitlements"
#: Those whose ids people choose, so that two accounts share them.
CHOSEN = ("coupons", "prices", "products")
#: Few values, so that objects are changed and changed back.
VALUES = ("a", "b", "c")
#: What a customer is entitled to then, and the lines of an invoice.
FEATURES = {"a": "x", "b": "yx", "c": "xyz"}
MAX_PARTS = 3
#: The attribute that a change sets; metadata is an object inside the object.
ATTRIBUTES = {
    "checkout/sessions": "client_reference_id",
    "invoices": "description",
    "payment_intents": "description",
    "payment_methods": "allow_redisplay",
    "prices": "nickname",
    "subscriptions": "collection_method",
    "topups": "description",
}
#: Some whose ids Stripe gives: an event of another account that names one of ours is a forgery.
OWN = ("customers", "subscriptions")
#: What is gone once it is deleted; of a deleted subscription, an object stays.
GONE = ("coupons", "customers", "invoices", "products")
#: What is sent of an act.
SNAPSHOT, THIN = ("snapshot",), ("thin",)
WORKERS = 4
DAY = 86_400
#: The customer of this number, and its subscription, are on a test clock.
ON_TEST_CLOCK = 1


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
    #: Whether Stripe sends a snapshot event, a thin one, or both.
    sent: tuple[str, ...] = ("snapshot",)


@dataclass(frozen=True)
class Deliver:
    """Stripe delivers an event that happened, perhaps not for the first time."""

    which: int


@dataclass(frozen=True)
class LateUpdate:
    """An object of ours is changed and deleted in one second; the deletion arrives first.

    The clocks of the two events are so wrong that the update claims to be later than the guard.
    """

    resource: str
    number: int
    value: str


@dataclass(frozen=True)
class Forgery:
    """An event of the connected account tells of an object of ours; nobody can forge ours."""

    verb: str
    account: str | None
    resource: str
    number: int
    #: Seconds that the time it claims is ahead of Stripe's: 3 are more than the guard.
    ahead: int


@dataclass(frozen=True)
class Outage:
    """The API stops to answer, or answers again."""

    begins: bool


@dataclass(frozen=True)
class Jump:
    """The test clock is advanced by some days."""

    days: int


#: Seconds that pass, an outage, a jump, or steps that happen at the same time.
Step = float | Outage | Jump | tuple["Act | Deliver | LateUpdate | Forgery", ...]

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
        skew=st.sampled_from((*(0,) * 14, *(-1, 1) * 4, 30 * DAY, 90 * DAY)),
        tells_previous=st.sampled_from((True, True, False)),
        sent=st.sampled_from((SNAPSHOT, SNAPSHOT, SNAPSHOT, (*SNAPSHOT, *THIN), THIN)),
    )
    late_updates = st.builds(
        LateUpdate,
        resource=st.sampled_from([each for each in resources if each in GONE] or GONE),
        number=st.sampled_from((0, 0, 0, 1)),
        value=st.sampled_from(VALUES),
    )
    forgeries = st.builds(
        Forgery,
        verb=st.sampled_from(("updated", "deleted")),
        account=st.none(),
        resource=st.sampled_from(
            [each for each in resources if each not in (*CHOSEN, ENTITLEMENTS)] or OWN
        ),
        number=st.sampled_from((0, 0, 0, 1)),
        ahead=st.sampled_from((3, -10)),
    )
    # `one_of` would give each the same chance, however often it is named.
    by_weight = [acts] * 3 + [deliveries] * 2 + [late_updates] * 2 + [forgeries]
    one = st.sampled_from(by_weight).flatmap(lambda chosen: chosen)
    step = st.one_of(
        st.sampled_from((0.1, 0.3, 0.6, 1.0, 2.0, 3.0, 7.0, 3600.0)),
        one.map(lambda thing: (thing,)),
        one.map(lambda thing: (thing,)),
        st.sampled_from((Outage(True), Outage(False), Jump(1), Jump(30), Jump(365))),
        st.lists(st.one_of(acts, deliveries, deliveries), min_size=2, max_size=WORKERS).map(tuple),
    )
    return st.lists(step, min_size=15, max_size=60)


#: Steps, and a seed of the order in which what is left is delivered then.
histories = st.tuples(
    st.lists(
        st.sampled_from((*RESOURCES, ENTITLEMENTS)), min_size=1, max_size=3, unique=True
    ).flatmap(steps),
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
    #: How many objects of each kind an account may have.
    size: int = 2
    #: Rows that were in doubt in the end.
    settled: int = 0
    #: Thin events that the API gave no answer for; Stripe sends them again.
    failed: list[dict[str, Any]] = field(default_factory=list)

    def play(self, steps: list[Step], seed: int) -> None:
        """Take the steps, then deliver what was never delivered, in any order.

        What an outage has left in doubt is settled in the end.
        """
        for step in steps:
            if isinstance(step, float):
                assert self.api.clock is not None
                self.api.clock += step
            elif isinstance(step, Outage):
                self.api.hangs_up = step.begins
            elif isinstance(step, Jump):
                self.api.test_clock += step.days * DAY
            else:
                self.together(step)
        left = [number for number, count in enumerate(self.delivered) if not count]
        random.Random(seed).shuffle(left)
        for start in range(0, len(left), WORKERS):
            self.deliver(left[start : start + WORKERS])
        self.api.hangs_up = False
        failed, self.failed = self.failed, []
        for message in failed:
            self.accept(message)
        assert self.failed == []
        self.settle()

    def settle(self) -> None:
        """Do what `stripe_verify --doubtful` does."""
        for kind, row in verify.doubtful():
            self.settled += 1
            settle.settle(kind, row)

    def together(self, things: Any) -> None:
        if len(things) == 1:
            self.do(things[0])
            return
        futures = [self.pool.submit(self.do, thing) for thing in things]
        wait(futures)
        for future in futures:
            future.result()

    def do(self, thing: Act | Deliver | LateUpdate | Forgery) -> None:
        if isinstance(thing, Act):
            self.tell(self.act(thing), delivered=0)
        elif isinstance(thing, LateUpdate):
            self.update_late(thing)
        elif isinstance(thing, Forgery):
            self.forge(thing)
        elif self.told:
            number = thing.which % len(self.told)
            self.delivered[number] += 1
            self.accept(self.told[number])

    def deliver(self, numbers: list[int]) -> None:
        """Deliver some of the events that happened, at the same time."""
        self.together([Deliver(number) for number in numbers])

    def tell(self, messages: list[dict[str, Any]], delivered: int) -> None:
        """Let Stripe deliver these from now on."""
        with self.api.lock:
            self.delivered += [delivered] * len(messages)
            self.told += messages  # from here on another thread may look for the number above

    def accept(self, message: dict[str, Any]) -> None:
        body = json.dumps(message)
        try:
            accept(json.loads(body), body, as_of=self.api.now() + 1)
        except WebhookFailed:
            is_thin = message["object"] == OBJECT
            if not is_thin:
                raise
            self.failed.append(message)

    def update_late(self, late: LateUpdate) -> None:
        """Change an object, if there is one, and delete it; deliver what happened, latest first."""
        given = (None, late.resource, late.number, late.value)
        with self.api.lock, self.api.acting_for(None) as held:
            if self.name(None, late.resource, late.number) not in held.objects[late.resource]:
                return
            messages = [
                *self.act(Act("change", *given, in_metadata=False, skew=2, tells_previous=True)),
                *self.act(Act("delete", *given, in_metadata=False, skew=-1, tells_previous=True)),
            ]
        for message in reversed(messages):
            self.accept(message)
        self.tell(messages, delivered=1)

    def forge(self, forgery: Forgery) -> None:
        """Deliver an event of the other account about an object, which may have no row yet."""
        about = (forgery.account, forgery.resource, forgery.number)
        id = self.name(*about)
        with self.api.lock, self.api.acting_for(forgery.account) as held:
            made = []
            if id not in held.objects[forgery.resource]:
                made = self.act(Act("change", *about, "a", False, skew=0, tells_previous=True))
            data = held.objects[forgery.resource].get(id)
        if data is not None:
            self.accept(self.forged(forgery, data))  # perhaps before any event of ours
        self.tell(made, delivered=0)

    def forged(self, forgery: Forgery, data: dict[str, Any]) -> dict[str, Any]:
        """Return an event of the connected account about an object of ours."""
        attribute = ATTRIBUTES.get(forgery.resource, "name")
        kind = f"{self.api.kind(forgery.resource)}.{forgery.verb}"
        created = self.api.now() + forgery.ahead
        message = objects.event(kind, {**data, attribute: "forged"}, created=created)
        return {**message, "account": ACCOUNTS[1]}

    def act(self, act: Act) -> list[dict[str, Any]]:
        """Do it at Stripe, and the same in the other mode, and return the events.

        What Stripe refuses does not happen.
        """
        messages = []
        for api, livemode in ((self.api, False), (self.other_mode, True)):
            with api.lock, api.acting_for(act.account) as held:
                api.skew, api.clock = act.skew, self.api.clock
                api.test_clock = self.api.test_clock
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
                    if "snapshot" in act.sent:
                        messages.append(message)
                    if "thin" in act.sent:
                        messages.append(thin_twin(message))
        return messages

    # -- the verbs

    def create(self, api: FakeStripe, act: Act) -> None:
        if act.resource == ENTITLEMENTS:
            self.entitle(api, act, FEATURES[act.value])
            return
        params = {"id": self.id_of(act), **self.given(act)}
        if act.resource not in CHOSEN and params["id"] in api.current.deleted:
            return  # Stripe gives such an id once
        if act.resource in ("customers", "invoices") and act.number == ON_TEST_CLOCK:
            params["test_clock"] = "clock_1"
        if act.resource == "subscriptions":
            needed = Act("create", act.account, "customers", act.number, "a", False, act.skew, True)
            owner = self.id_of(needed)
            price = {**needed.__dict__, "resource": "prices"}
            for each in (needed, Act(**price)):
                if self.id_of(each) not in api.objects[each.resource]:
                    self.create(api, each)
            params |= {"customer": owner, "items": [{"price": self.id_of(Act(**price))}]}
        api.create(act.resource, params)

    def change(self, api: FakeStripe, act: Act) -> None:
        if act.resource == ENTITLEMENTS:
            self.entitle(api, act, FEATURES[act.value])
            return
        if self.id_of(act) not in api.objects[act.resource]:
            self.create(api, act)
            return
        given = self.given(act)
        if act.resource == "subscriptions" and not act.in_metadata:
            given["items"] = self.other_items(api.objects[act.resource][self.id_of(act)], act)
        api.change(act.resource, self.id_of(act), given)

    def other_items(self, subscription: dict[str, Any], act: Act) -> list[dict[str, Any]]:
        """Return what is asked for: one item more or less, or another quantity."""
        *others, last = subscription["items"]["data"]
        if act.value == "b" and len(others) < MAX_PARTS:
            return [{"price": last["price"]["id"], "quantity": 2}]
        if act.value == "c" and others:
            return [{"id": last["id"], "deleted": True}]
        return [{"id": last["id"], "quantity": 3}]

    def entitle(self, api: FakeStripe, act: Act, features: str) -> None:
        owner = self.name(act.account, "customers", act.number)
        fake_parts.entitle(api, owner, list(features))

    def delete(self, api: FakeStripe, act: Act) -> None:
        if act.resource == ENTITLEMENTS:
            self.entitle(api, act, "")
            return
        api.delete(act.resource, self.id_of(act))

    def id_of(self, act: Act) -> str:
        return self.name(act.account, act.resource, act.number)

    def name(self, account: str | None, resource: str, number: int) -> str:
        """Return an id; two accounts share those that people choose."""
        owner = "" if resource in CHOSEN else account or ""
        return f"{self.prefix}{owner}{resource}{number}"

    def given(self, act: Act) -> dict[str, Any]:
        if act.in_metadata:
            return {"metadata": {"key": act.value, act.value: act.value}}
        given: dict[str, Any] = {ATTRIBUTES.get(act.resource, "name"): act.value}
        if act.resource == "invoices":
            given["lines"] = lines_of(self.id_of(act), act.value)
        return given

    # -- the comparison

    def differences(self) -> list[str]:
        """Return what the mirror says otherwise than Stripe."""
        found = []
        for account in ACCOUNTS:
            with self.api.acting_for(account) as held:
                for resource in RESOURCES:
                    for number in range(self.size):
                        id = self.name(account, resource, number)
                        data = held.objects[resource].get(id)
                        found += self.compare(account, resource, id, data)
                        found += parts.differences(kind_of(resource), id, account, data)
                for number in range(self.size):
                    owner = self.name(account, "customers", number)
                    whole = {"entitlements": {"data": held.entitlements.get(owner, {}).values()}}
                    found += parts.differences(kinds.ENTITLEMENT_SUMMARY, owner, account, whole)
        return found

    def compare(self, account: str | None, resource: str, id: str, data: Any) -> list[str]:
        kind = kind_of(resource)
        row = rows.find_row(kind, id, account)
        where = f"{account} {id}"
        doubt = [f"{where} is in doubt"] if row is not None and row.in_doubt else []
        if data is None:
            return doubt + ([] if row is None or row.is_deleted else [f"{where} lives on"])
        if row is None or row.is_deleted:
            return [*doubt, f"{where} is missing"]
        data = {name: value for name, value in data.items() if name not in conf.withheld(kind)}
        wrong = [] if row.stripe_data == data else [f"{where}: {row.stripe_data} is not {data}"]
        columns = {ATTRIBUTES.get(resource, "name"), "metadata"} & columns_of(kind)
        wrong += [f"{where}: {each}" for each in columns if getattr(row, each) != data.get(each)]
        return wrong + doubt


def lines_of(invoice: str, value: str) -> dict[str, Any]:
    """Return the lines of an invoice: one to three, of which Stripe shows two."""
    data = [
        {"id": f"il_{invoice}{each}", "object": "line_item", "amount": 100, "description": value}
        for each in FEATURES[value][:MAX_PARTS]
    ]
    return {"object": "list", "data": data, "has_more": False}


def thin_twin(message: dict[str, Any]) -> dict[str, Any]:
    """Return the thin event of the same change."""
    data = message["data"]["object"]
    thin = objects.thin_event(
        f"v1.{message['type']}",
        data["object"],
        data.get("id"),
        created=message["created"],
        account=message.get("account"),
        twin=message,
        livemode=message["livemode"],
    )
    if "id" not in data:
        del thin["related_object"]["id"]
    return thin


def kind_of(resource: str) -> kinds.Kind:
    """Return the kind of the objects of a resource."""
    known = (*kinds.MIRRORED.values(), *kinds.GENERIC.values())
    return next(each for each in known if each.resource == resource)


def columns_of(kind: kinds.Kind) -> set[str]:
    """Return the columns that Stripe fills."""
    return {each.field.name for each in mapping.mapped_columns(conf.model(kind.model))}


def close_connections() -> None:
    """Close what a worker's thread has open."""
    connections.close_all()
