"""A small Stripe behind a real port: objects that are created, changed and deleted over HTTP.

It keeps what Stripe keeps (objects, events, idempotent answers), for each account, and answers in
Stripe's shapes. Requests are answered one at a time. A test may also call the verbs `create`,
`change` and `delete` itself, as a colleague would act in Stripe's dashboard: they make events, but
no requests.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from fnmatch import fnmatch
from typing import Any
from urllib.parse import unquote

from django.test import override_settings

from stripe_integrations import client, conf
from stripe_integrations.kinds import MIRRORED
from stripe_integrations.testing.fake_stripe import (
    customers,
    deliveries,
    destinations,
    endpoints,
    expanding,
    hosted_pages,
    nested_lists,
    paying,
    rules,
)
from stripe_integrations.testing.fake_stripe.account_state import BUILDERS
from stripe_integrations.testing.fake_stripe.mutations import Request, StripeMutations
from stripe_integrations.testing.fake_stripe.port import Refused, Server, limits, page, repeated
from stripe_integrations.testing.receivers import Receiver

Data = dict[str, Any]

#: How the keys begin that can do no harm.
TEST_KEYS = ("sk_test_", "rk_test_")

#: What can be listed and read, and no more.
OTHERS = {kind.resource for kind in MIRRORED.values() if kind.is_listed} - BUILDERS.keys()


class FakeStripe(StripeMutations):
    """The state, and the server that shows it; a context manager."""

    def __init__(self, port: int = 0) -> None:
        super().__init__()
        self.server = Server(self, port)
        self.url = self.server.url

    def __enter__(self) -> FakeStripe:
        # Looks every 50 ms whether it is to end: a test would wait for half a second otherwise.
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    @contextmanager
    def in_use(self) -> Iterator[FakeStripe]:
        """Let the settings lead to it, with a test key unless they have one."""
        client.forget_connections()  # an earlier test may have opened the circuit breaker
        with override_settings(STRIPE_INTEGRATIONS=self.settings()):
            yield self

    def settings(self) -> Data:
        """Return the project's `STRIPE_INTEGRATIONS`, with what leads here."""
        own = conf.user_settings()
        key = str(own.get("API_KEY") or "")
        return {
            **own,
            "API_BASE": self.url,
            "API_KEY": key if key.startswith(TEST_KEYS) else "sk_test_fake",
        }

    def deliver(self, receiver: Receiver) -> list[int]:
        """Post the events that nobody has accepted yet, oldest first; return the statuses.

        The receiver is a StripeWebhookClient or a WebhookURL. What it does not accept, or what
        happens because of it, is left to the next call.
        """
        return deliveries.deliver(self, receiver)

    def pay(self, session: str, account: str | None = None) -> Data:
        """Complete an open checkout session, as a customer who pays; return it.

        Raises Refused for one that is not open.
        """
        with self.acting_for(account):
            return paying.complete(self, session)

    def show_page(self, method: str, path: str, form: Data) -> hosted_pages.HostedPage:
        """Return what a browser is shown."""
        with self.lock:
            return hosted_pages.respond_to_browser(self, method, path, form)

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
            is_v2 = path.startswith("/v2/")
            account = headers.get("Stripe-Context" if is_v2 else "Stripe-Account")
            version = headers.get("Stripe-Version")
            secret = headers.get("Authorization", "").removeprefix("Bearer ")
            sent = Request(method, path, dict(params), account, key, version, secret)
            self.requests.append(sent)
            if not secret.startswith(("sk_", "rk_")) or secret.endswith("_wrong"):
                raise Refused(401, f"Invalid API Key provided: {secret[:3]}***{secret[-4:]}")
            if account in self.revoked:
                raise Refused(403, f"No access to account '{account}'.", code="account_invalid")
            if self.failing:
                raise Refused(self.failing, "Stripe is told to fail.")
            asked = (method, path, json.dumps(params, sort_keys=True), account)
            if method == "POST" and key in self.answers:
                return self.answered_before(key, asked), True
            _, _, *parts = [unquote(part) for part in path.split("/")]
            try:
                with self.acting_for(account):
                    if is_v2 and parts[:1] == ["core"]:
                        made = destinations.respond(self, method, parts[1:], params)
                    else:
                        expand = expanding.taken_from(params, version)
                        made = expanding.without_expandable(
                            self.made(method, parts, params), expand
                        )
                    answer = json.dumps(made)
            except Refused as error:
                if error.status == 402 and method == "POST" and key:  # what was refused was done
                    self.answers[key] = (asked, error)
                raise
            if method == "POST" and key:
                self.answers[key] = (asked, answer)
            return answer, False

    def answered_before(self, key: str, asked: Any) -> str:
        """Return what the request with an idempotency key was answered, or refuse as it was."""
        before, answer = self.answers[key]
        if before != asked:
            raise Refused(
                400, "Keys for idempotent requests: other ones.", kind="idempotency_error"
            )
        if isinstance(answer, Refused):
            raise repeated(answer, f"req_of_{key}")
        return str(answer)

    def made(self, method: str, parts: list[str], params: Data) -> Data:
        """Return the answer to a request of API v1."""
        asked = (self, method, parts, params)
        made = rules.respond(*asked) or customers.respond(*asked)
        return made or self.answer(method, parts, params)

    def answer(self, method: str, parts: list[str], params: Data) -> Data:
        name, *rest = parts
        if "/".join(parts[:2]) in BUILDERS:
            name, rest = "/".join(parts[:2]), parts[2:]
        if len(rest) > 1 and name == "customers" and rest[1] == "sources":
            self.found(self.objects["customers"], rest[0])
            return self.answer_source(method, rest[0], rest[2:], params)
        if len(rest) == 2 and name == "customers" and rest[1] == "payment_methods":
            self.found(self.objects["customers"], rest[0])
            methods = self.objects["payment_methods"].items()
            return page({id: each for id, each in methods if each["customer"] == rest[0]}, params)
        if name == "webhook_endpoints":
            return endpoints.respond(self, method, rest, params)
        if name == "events":
            return self.found(self.events, rest[0]) if rest else self.list_events(params)
        if name == "subscription_items":
            owner = self.found(self.objects["subscriptions"], params.pop("subscription"), 400)
            rows = {row["id"]: row for row in reversed(owner["items"]["data"])}
            return page(rows, params)
        if name == "invoices" and rest[1:] == ["lines"]:
            return nested_lists.lines(self, rest[0], params)
        if name not in BUILDERS or len(rest) > 1:
            return self.answer_other(method, "/".join(parts), params)
        if not rest and method == "GET":
            listed = self.listed(name, params)
            return {**listed, "data": [self.shown(each) for each in listed["data"]]}
        return self.shown(self.answer_object(method, name, rest, params))

    def answer_other(self, method: str, path: str, params: Data) -> Data:
        """Answer for what can only be listed and read here."""
        if path == "entitlements/active_entitlements":
            return page(self.current.entitlements.get(params.pop("customer"), {}), params)
        resource, _, id = path.rpartition("/")
        if method == "GET" and path in OTHERS:
            return page(self.current.others.get(path, {}), params)
        if method == "GET" and (resource in OTHERS or resource in self.current.others):
            return self.found(self.current.others.get(resource, {}), id)
        raise Refused(404, f"Unrecognized request URL ({method}: /v1/{path}).")

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

    def list_events(self, params: Data) -> Data:
        """Return a page of the events of the last 30 days that the filters let through."""
        since, until = limits(params.pop("created", {}))
        since = max(since, self.now() - 30 * 86_400)
        types, name = params.pop("types", None), params.pop("type", None)
        if types and len(types) > 20:
            raise Refused(400, "No more than 20 types.")
        kept = {
            id: each
            for id, each in self.events.items()
            if since <= each["created"] < until
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

    def listed(self, name: str, params: Data) -> Data:
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
