"""What changes the fake Stripe: objects are created, changed and deleted, which makes events."""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from stripe_integrations.testing import objects
from stripe_integrations.testing.fake_stripe import expanding
from stripe_integrations.testing.fake_stripe.account_state import BUILDERS, AccountState
from stripe_integrations.testing.fake_stripe.port import Refused, previous_attributes, stub

Data = dict[str, Any]

CARDS = {"tok_visa": ("Visa", "4242"), "tok_mastercard": ("MasterCard", "4444")}
INTERVALS = {"day": 86_400, "week": 604_800, "month": 2_592_000, "year": 31_536_000}
#: What stays, and is archived, canceled or expired.
NEVER_DELETED = {"checkout/sessions", "payment_intents", "prices", "topups"}
#: The events of what has no `created` or `updated`; they do not say what was before.
OTHER_EVENTS = {
    "checkout.session.created": "checkout.session.completed",
    "checkout.session.updated": "checkout.session.async_payment_failed",
    "payment_intent.updated": "payment_intent.payment_failed",
    "payment_method.created": "payment_method.attached",
}
#: What the objects start with where the builders show an example.
EMPTY = {"customers": {"email": None, "name": None}, "coupons": {"name": None}}


class Request(NamedTuple):
    """A request that arrived, as the test may want to look at it."""

    method: str
    path: str
    params: Data
    account: str | None
    idempotency_key: str | None
    version: str | None
    api_key: str


class StripeMutations:
    """The state of Stripe, and the verbs that change it."""

    #: Where the server is that shows it.
    url = ""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.told = threading.Event()  # set at each event
        self.reset()

    def reset(self) -> None:
        """Forget everything, and be well."""
        with self.lock:
            self.accounts: dict[str | None, AccountState] = {}
            self.account: str | None = None  # whom the verbs act for
            self.delivered: set[str] = set()  # the ids of events that somebody has accepted
            self.answers: dict[str, tuple[Any, Any]] = {}
            self.requests: list[Request] = []
            self.numbers = itertools.count(1)
            self.offset = 0  # seconds that Stripe's clock is ahead of this host's
            self.clock: float | None = None  # Stripe's time, if it does not go by itself
            self.skew = 0  # seconds that the `created` of events is wrong by
            self.test_clock = 0  # the time of objects with a `test_clock`, which stands still
            self.nested_limit = 10  # rows of a list inside an object
            self.failing: int | None = None  # a status that every request is answered
            self.revoked: set[str] = set()  # accounts that no longer let us act for them
            self.hangs_up = False  # whether connections are closed without an answer
            self.sends_date = True
            self.serves_pages = False  # whether addresses of hosted pages lead here
            self.latency = 0.0  # seconds between what an answer says and its arrival

    def page_url(self, host: str, path: str) -> str:
        """Return the address of a hosted page: Stripe's, or this server's."""
        return f"{self.url}{path}" if self.serves_pages else f"https://{host}{path}"

    def now(self) -> int:
        return int(time.time() if self.clock is None else self.clock) + self.offset

    @contextmanager
    def acting_for(self, account: str | None) -> Iterator[AccountState]:
        """Let the verbs act for a connected account, and yield what it holds."""
        with self.lock:
            before, self.account = self.account, account
            try:
                yield self.current
            finally:
                self.account = before

    @property
    def current(self) -> AccountState:
        return self.accounts.setdefault(self.account, AccountState())

    @property
    def objects(self) -> dict[str, dict[str, Data]]:
        return self.current.objects

    @property
    def events(self) -> dict[str, Data]:
        return self.current.events

    def shown(self, data: Data) -> Data:
        """Return a copy of an object, with no more of its nested list than Stripe shows."""
        copy: Data = json.loads(json.dumps(data))
        for name in ("items", "lines"):
            listed = copy.get(name)
            if listed and len(listed["data"]) > self.nested_limit:
                first = listed["data"][: self.nested_limit]
                copy[name] = {**listed, "data": first, "has_more": True}
        return copy

    def found(self, things: dict[str, Data], id: str, status: int = 404) -> Data:
        if id not in things:
            raise Refused(status, f"No such object: '{id}'", code="resource_missing")
        return things[id]

    def create(self, name: str, params: Data) -> Data:
        build, prefix = BUILDERS[name]
        params = dict(params)
        id = params.pop("id", None) or f"{prefix}_{next(self.numbers)}"
        if id in self.objects[name]:
            raise Refused(400, "It already exists.", code="resource_already_exists")
        times = {"created": self.now(), **({"updated": self.now()} if name == "products" else {})}
        if name == "subscriptions":
            params = self.subscribe(id, params)
        made = build(id, **{**EMPTY.get(name, {}), **times, **params})
        if name == "prices":
            made["unit_amount_decimal"] = str(made["unit_amount"])
        return self.store(self.objects[name], made, self.kind(name))

    def change(self, name: str, id: str, params: Data) -> Data:
        stored = self.found(self.objects[name], id)
        if (
            name == "subscriptions"
            and stored["status"] == "canceled"
            and params.keys() - {"metadata"}
        ):
            raise Refused(400, "A canceled subscription can only update its metadata.")
        if "items" in params:
            rows = self.items(id, stored["items"]["data"], params["items"])
            params = {**params, "items": {**stored["items"], "data": rows}}
        metadata = {**stored["metadata"], **(params.get("metadata") or {})}
        kept = {key: value for key, value in metadata.items() if value not in (None, "")}
        changed = {**stored, **params, "metadata": kept}
        if name == "products" and changed != stored:
            changed["updated"] = self.now()
        if params.get("cancel_at_period_end") is True:
            changed["cancel_at"] = stored["items"]["data"][0]["current_period_end"]
        return self.store(self.objects[name], changed, self.kind(name))

    def delete(self, name: str, id: str) -> Data:
        stored = self.found(self.objects[name], id)
        if name in NEVER_DELETED:
            raise Refused(404, f"Unrecognized request URL (DELETE: /v1/{name}/{id}).")
        if name == "payment_methods":
            return self.detach_method(stored)
        if name == "subscriptions":
            return self.cancel(stored)
        if name == "customers":
            for subscription in list(self.objects["subscriptions"].values()):
                if subscription["customer"] == id and subscription["status"] != "canceled":
                    self.cancel(subscription)
            for source in list(self.current.sources.pop(id, {}).values()):
                self.tell("customer.source.deleted", source)
        self.current.deleted[id] = stub(stored)
        del self.objects[name][id]
        self.tell(f"{self.kind(name)}.deleted", stored)
        return stub(stored)

    def attach(self, customer: str, token: str) -> Data:
        """Add the card of a token to a customer; the first one becomes the default."""
        if token == "tok_chargeDeclined":
            raise Refused(402, "Your card was declined.", kind="card_error", code="card_declined")
        if token not in CARDS:
            raise Refused(400, f"No such token: '{token}'", code="resource_missing")
        brand, last4 = CARDS[token]
        id = f"card_{next(self.numbers)}"
        made = objects.card(id, customer=customer, brand=brand, last4=last4)
        self.store(self.current.sources.setdefault(customer, {}), made, "customer.source")
        if self.objects["customers"][customer]["default_source"] is None:
            self.change("customers", customer, {"default_source": id})
        return made

    def detach(self, customer: str, id: str) -> Data:
        gone = self.current.sources[customer].pop(id)
        self.tell("customer.source.deleted", gone)
        if self.objects["customers"][customer]["default_source"] == id:
            left = next(iter(self.current.sources[customer]), None)
            self.change("customers", customer, {"default_source": left})
        return stub(gone)

    def detach_method(self, stored: Data) -> Data:
        detached = {**stored, "customer": None}
        self.objects["payment_methods"][stored["id"]] = detached
        if detached != stored:
            self.tell("payment_method.detached", detached, previous_attributes(stored, detached))
        return detached

    def subscribe(self, id: str, params: Data) -> Data:
        owner = self.found(self.objects["customers"], params["customer"], 400)
        if owner.get("test_clock"):
            params = {**params, "test_clock": owner["test_clock"]}
        start = self.now()
        items = {"object": "list", "data": self.items(id, [], params["items"]), "has_more": False}
        trial = {"status": "trialing", "trial_start": start} if "trial_end" in params else {}
        return {"start_date": start, "latest_invoice": None, **trial, **params, "items": items}

    def items(self, id: str, rows: list[Data], asked: list[Data]) -> list[Data]:
        """Return the items of a subscription after some were added, changed, or taken out."""
        kept, start = {row["id"]: row for row in rows}, self.now()
        for item in asked:
            row = kept.get(item.get("id"))
            if item.get("deleted"):
                del kept[item["id"]]
                continue
            if row is None:
                row = objects.subscription(id)["items"]["data"][0]
                row.update(id=f"si_{next(self.numbers)}", current_period_start=start)
            given = {"quantity": item["quantity"]} if "quantity" in item else {}
            if "price" in item:
                price = self.found(self.objects["prices"], item["price"], 400)
                end = start + INTERVALS[price["recurring"]["interval"]]
                given.update(price=price, current_period_end=end)
            kept[row["id"]] = {**row, **given}
        return list(kept.values())

    def cancel(self, stored: Data) -> Data:
        if stored["status"] == "canceled":
            raise Refused(404, f"No such subscription: '{stored['id']}'", code="resource_missing")
        now = self.now()
        canceled = {**stored, "status": "canceled", "canceled_at": now, "ended_at": now}
        self.objects["subscriptions"][stored["id"]] = canceled
        self.tell("customer.subscription.deleted", canceled)
        return canceled

    def kind(self, name: str) -> str:
        if name == "subscriptions":
            return "customer.subscription"
        return name.removesuffix("s").replace("/", ".")

    def store(self, things: dict[str, Data], data: Data, kind: str) -> Data:
        before = things.get(data["id"])
        things[data["id"]] = data
        if before is None:
            self.tell(f"{kind}.created", data)
        elif before != data:
            self.tell(f"{kind}.updated", data, previous_attributes(before, data))
        return data

    def tell(self, kind: str, data: Data, previous: Data | None = None) -> None:
        if kind in OTHER_EVENTS:
            kind, previous = OTHER_EVENTS[kind], None
        created = self.test_clock if data.get("test_clock") else self.now() + self.skew
        shown = expanding.without_expandable(self.shown(data))
        message = objects.event(kind, shown, previous=previous, created=created)
        self.events[message["id"]] = message
        self.told.set()
