"""A small Stripe behind a real port: objects that are created, changed and deleted over HTTP.

It keeps what Stripe keeps (objects, events, idempotent answers), for each account, and answers in
Stripe's shapes. Requests are answered one at a time. A test may also call the verbs `create`,
`change` and `delete` itself, as a colleague would act in Stripe's dashboard: they make events, but
no requests.
"""

from __future__ import annotations

import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatch
from typing import Any, NamedTuple
from urllib.parse import unquote

from tests import fake_endpoints, objects
from tests.fake_stripe_http import Refused, Server, differences, page, stub

Data = dict[str, Any]

#: Resource -> how an object of it is built, and the prefix of the ids that Stripe gives.
BUILDERS: dict[str, tuple[Callable[..., Data], str]] = {
    "coupons": (objects.coupon, "coupon"),
    "customers": (objects.customer, "cus"),
    "prices": (objects.price, "price"),
    "products": (objects.product, "prod"),
    "subscriptions": (objects.subscription, "sub"),
}
CARDS = {"tok_visa": ("Visa", "4242"), "tok_mastercard": ("MasterCard", "4444")}
INTERVALS = {"day": 86_400, "week": 604_800, "month": 2_592_000, "year": 31_536_000}
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


@dataclass
class Account:
    """What one account holds; each by id, oldest first."""

    objects: dict[str, dict[str, Data]] = field(
        default_factory=lambda: {name: {} for name in BUILDERS}
    )
    sources: dict[str, dict[str, Data]] = field(default_factory=dict)
    deleted: dict[str, Data] = field(default_factory=dict)
    events: dict[str, Data] = field(default_factory=dict)
    endpoints: dict[str, Data] = field(default_factory=dict)


class FakeStripe:
    """The state, and the server that shows it; a context manager."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.server = Server(self)
        self.url = self.server.url
        self.reset()

    def reset(self) -> None:
        """Forget everything, and be well."""
        with self.lock:
            self.accounts: dict[str | None, Account] = {}
            self.account: str | None = None  # whom the verbs act for
            self.answers: dict[str, tuple[Any, str]] = {}
            self.requests: list[Request] = []
            self.numbers = itertools.count(1)
            self.offset = 0  # seconds that Stripe's clock is ahead of this host's
            self.clock: float | None = None  # Stripe's time, if it does not go by itself
            self.skew = 0  # seconds that the `created` of events is wrong by
            self.nested_limit = 10  # rows of a list inside an object
            self.failing: int | None = None  # a status that every request is answered
            self.hangs_up = False  # whether connections are closed without an answer
            self.sends_date = True
            self.latency = 0.0  # seconds between what an answer says and its arrival

    def __enter__(self) -> FakeStripe:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def now(self) -> int:
        return int(time.time() if self.clock is None else self.clock) + self.offset

    @contextmanager
    def acting_for(self, account: str | None) -> Iterator[Account]:
        """Let the verbs act for a connected account, and yield what it holds."""
        with self.lock:
            before, self.account = self.account, account
            try:
                yield self.current
            finally:
                self.account = before

    @property
    def current(self) -> Account:
        return self.accounts.setdefault(self.account, Account())

    @property
    def objects(self) -> dict[str, dict[str, Data]]:
        return self.current.objects

    @property
    def events(self) -> dict[str, Data]:
        return self.current.events

    def fail_with(self, status: int | None) -> None:
        """Answer every request with this status, until told None or `reset`."""
        self.failing = status

    def down(self) -> None:
        """Close every connection without an answer, until `reset`."""
        self.hangs_up = True

    def handle(self, method: str, path: str, params: Data, headers: Any) -> tuple[str, bool]:
        """Return the text of the answer, and whether it is one that was given before."""
        with self.lock:
            key = headers.get("Idempotency-Key")
            account = headers.get("Stripe-Account")
            version = headers.get("Stripe-Version")
            self.requests.append(Request(method, path, dict(params), account, key, version))
            secret = headers.get("Authorization", "").removeprefix("Bearer ")
            if not secret.startswith(("sk_", "rk_")) or secret.endswith("_wrong"):
                raise Refused(401, f"Invalid API Key provided: {secret[:3]}***{secret[-4:]}")
            if self.failing:
                raise Refused(self.failing, "Stripe is told to fail.")
            asked = (method, path, json.dumps(params, sort_keys=True), account)
            if method == "POST" and key in self.answers:
                before, answer = self.answers[key]
                if before != asked:
                    raise Refused(
                        400, "Keys for idempotent requests: other ones.", kind="idempotency_error"
                    )
                return answer, True
            parts = [unquote(part) for part in path.removeprefix("/v1/").split("/")]
            with self.acting_for(account):
                answer = json.dumps(self.answer(method, parts, params))
            if method == "POST" and key:
                self.answers[key] = (asked, answer)
            return answer, False

    def answer(self, method: str, parts: list[str], params: Data) -> Data:
        name, *rest = parts
        if len(rest) > 1 and name == "customers" and rest[1] == "sources":
            self.found(self.objects["customers"], rest[0])
            return self.answer_source(method, rest[0], rest[2:], params)
        if name == "webhook_endpoints":
            return fake_endpoints.answer(self, method, rest, params)
        if name == "events":
            return self.found(self.events, rest[0]) if rest else self.list_events(params)
        if name == "subscription_items":
            owner = self.found(self.objects["subscriptions"], params.pop("subscription"), 400)
            rows = {row["id"]: row for row in reversed(owner["items"]["data"])}
            return page(rows, params)
        if name not in BUILDERS or len(rest) > 1:
            raise Refused(404, f"Unrecognized request URL ({method}: /v1/{'/'.join(parts)}).")
        if not rest and method == "GET":
            listed = self.list(name, params)
            return {**listed, "data": [self.shown(each) for each in listed["data"]]}
        return self.shown(self.answer_object(method, name, rest, params))

    def answer_object(self, method: str, name: str, rest: list[str], params: Data) -> Data:
        if not rest:
            return self.create(name, params)
        if method == "POST":
            return self.change(name, rest[0], params)
        if method == "DELETE":
            return self.delete(name, rest[0])
        if name == "customers" and rest[0] in self.current.deleted:
            return self.current.deleted[rest[0]]  # of others nothing is left to see
        return self.found(self.objects[name], rest[0])

    def shown(self, data: Data) -> Data:
        """Return a copy of an object, with no more of its nested list than Stripe shows."""
        copy: Data = json.loads(json.dumps(data))
        items = copy.get("items")
        if items and len(items["data"]) > self.nested_limit:
            copy["items"] = {**items, "data": items["data"][: self.nested_limit], "has_more": True}
        return copy

    def list_events(self, params: Data) -> Data:
        """Return a page of the events of the last 30 days that the filters let through."""
        created = {key: int(value) for key, value in params.pop("created", {}).items()}
        since = max(created.get("gte", 0), self.now() - 30 * 86_400)
        types, name = params.pop("types", None), params.pop("type", None)
        if types and len(types) > 20:
            raise Refused(400, "No more than 20 types.")
        kept = {
            id: each
            for id, each in self.events.items()
            if since <= each["created"] < created.get("lt", float("inf"))
            and (not types or each["type"] in types)
            and (not name or fnmatch(each["type"], name))
        }
        return page(kept, params)

    def answer_source(self, method: str, customer: str, rest: list[str], params: Data) -> Data:
        sources = self.current.sources.setdefault(customer, {})
        if not rest:
            if method == "POST":
                return self.attach(customer, params["source"])
            return page(sources, params)
        source = self.found(sources, rest[0])
        if method == "DELETE":
            return self.detach(customer, source["id"])
        if method == "POST":
            return self.store(sources, {**source, **params}, "customer.source")
        return source

    def found(self, things: dict[str, Data], id: str, status: int = 404) -> Data:
        if id not in things:
            raise Refused(status, f"No such object: '{id}'", code="resource_missing")
        return things[id]

    # -- the verbs

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
        if name == "prices":
            raise Refused(404, "Prices are archived, not deleted.")
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

    def subscribe(self, id: str, params: Data) -> Data:
        self.found(self.objects["customers"], params["customer"], 400)
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

    # -- how

    def list(self, name: str, params: Data) -> Data:
        kept = self.objects[name]
        if name == "subscriptions":  # without `status`, canceled ones are left out
            status = params.get("status")
            kept = {
                id: each
                for id, each in kept.items()
                if status in ("all", each["status"])
                or (status is None and each["status"] != "canceled")
            }
        return page(kept, params)

    def kind(self, name: str) -> str:
        return "customer.subscription" if name == "subscriptions" else name.removesuffix("s")

    def store(self, things: dict[str, Data], data: Data, kind: str) -> Data:
        before = things.get(data["id"])
        things[data["id"]] = data
        if before is None:
            self.tell(f"{kind}.created", data)
        elif before != data:
            self.tell(f"{kind}.updated", data, differences(before, data))
        return data

    def tell(self, kind: str, data: Data, previous: Data | None = None) -> None:
        created = self.now() + self.skew
        message = objects.event(kind, self.shown(data), previous=previous, created=created)
        self.events[message["id"]] = message
