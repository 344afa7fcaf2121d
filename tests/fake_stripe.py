"""A small Stripe behind a real port: objects that are created, changed and deleted over HTTP.

It keeps what Stripe keeps (objects, events, idempotent answers) and answers in Stripe's shapes.
"""

import itertools
import json
import re
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, unquote, urlsplit

from tests import objects

PREFIXES = {"customers": "cus", "products": "prod", "prices": "price", "subscriptions": "sub"}
BUILDERS = {
    "coupons": objects.coupon,
    "customers": objects.customer,
    "prices": objects.price,
    "products": objects.product,
    "subscriptions": objects.subscription,
}
KINDS = {"subscriptions": "customer.subscription"}
#: Of a deleted one Stripe still gives out a stub; the others are not found any more.
STUBBED = {"customers"}


class Refused(Exception):
    """An error answer in Stripe's shape."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status
        self.body = {"error": {"type": "invalid_request_error", "message": message}}


class FakeStripe:
    """The state, and the server that shows it; a context manager."""

    def __init__(self):
        self.lock = threading.RLock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.fake = self
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.reset()

    def reset(self):
        self.objects = {name: {} for name in BUILDERS}
        self.sources = {}
        self.deleted = {}
        self.events = {}
        self.answers = {}
        self.requests = []
        self.numbers = itertools.count(1)
        self.down = None  # a status that every request is answered

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_exc):
        self.server.shutdown()
        self.server.server_close()

    def handle(self, method, path, params, headers):
        """Return the answer to a request; the same one for the same idempotency key."""
        with self.lock:
            account = headers.get("Stripe-Account")
            self.requests.append((method, path, params, account))
            if not headers.get("Authorization", "").startswith("Bearer sk_"):
                raise Refused(401, "You did not provide an API key.")
            if self.down:
                raise Refused(self.down, "Stripe is told to be down.")
            key = headers.get("Idempotency-Key")
            if method == "POST" and key in self.answers:
                return self.answers[key]
            parts = [unquote(part) for part in path.removeprefix("/v1/").split("/")]
            answer = self.answer(method, parts, params)
            if key:
                self.answers[key] = answer
            return answer

    def answer(self, method, parts, params):
        if parts[0] == "events":
            return self.found(self.events, parts[1])
        if len(parts) > 2 and parts[2] == "sources":
            return self.source(method, parts[1], parts[3:], params)
        name = parts[0]
        if len(parts) == 1:
            return self.page(name, params) if method == "GET" else self.create(name, params)
        if method == "GET" and parts[1] in self.deleted and name in STUBBED:
            return self.deleted[parts[1]]
        stored = self.found(self.objects[name], parts[1])
        if method == "POST":
            return self.change(name, stored, params)
        if method == "DELETE":
            return self.delete(name, stored)
        return stored

    def found(self, things, id):
        if id not in things:
            raise Refused(404, f"No such object: '{id}'")
        return things[id]

    def create(self, name, params):
        prefix = PREFIXES.get(name)
        id = params.pop("id", None) or f"{prefix}_{next(self.numbers)}"
        if "items" in params:
            price = self.found(self.objects["prices"], params.pop("items")["0"]["price"])
            made = objects.subscription(id, **params)
            made["items"]["data"][0]["price"] = price
        else:
            made = BUILDERS[name](id, **params)
        made["created"] = int(time.time())
        self.objects[name][id] = made
        self.tell(name, "created", made)
        return made

    def change(self, name, stored, params):
        previous = {key: stored[key] for key in params}
        changed = {**stored, **params}
        self.objects[name][stored["id"]] = changed
        self.tell(name, "updated", changed, previous)
        return changed

    def delete(self, name, stored):
        if name == "subscriptions":
            return self.change(name, stored, {"status": "canceled"})
        del self.objects[name][stored["id"]]
        stub = {"id": stored["id"], "object": stored["object"], "deleted": True}
        self.deleted[stored["id"]] = stub
        self.tell(name, "deleted", stored)
        return stub

    def source(self, method, customer, rest, params):
        self.found(self.objects["customers"], customer)
        sources = self.sources.setdefault(customer, {})
        if method == "POST":
            made = objects.card(f"card_{next(self.numbers)}", customer=customer)
            sources[made["id"]] = made
            return made
        if method == "DELETE":
            gone = sources.pop(self.found(sources, rest[0])["id"])
            return {"id": gone["id"], "object": "card", "deleted": True}
        if rest:
            return self.found(sources, rest[0])
        kept = [source for source in sources.values() if source["object"] == params["object"]]
        return {"object": "list", "data": kept, "has_more": False}

    def page(self, name, params):
        newest_first = list(reversed(self.objects[name].values()))
        if "starting_after" in params:
            ids = [each["id"] for each in newest_first]
            newest_first = newest_first[ids.index(params["starting_after"]) + 1 :]
        limit = int(params.get("limit", 10))
        more = len(newest_first) > limit
        return {"object": "list", "data": newest_first[:limit], "has_more": more}

    def tell(self, name, verb, data, previous=None):
        kind = KINDS.get(name, data["object"])
        message = objects.event(f"{kind}.{verb}", dict(data), previous=previous)
        message["created"] = int(time.time())
        self.events[message["id"]] = message


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def respond(self):
        length = int(self.headers.get("Content-Length") or 0)
        url = urlsplit(self.path)
        text = self.rfile.read(length).decode() or url.query
        try:
            status = 200
            body = self.server.fake.handle(self.command, url.path, nested(text), self.headers)
        except Refused as error:
            status, body = error.status, error.body
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = respond  # noqa: N815

    def log_message(self, *_args):
        """Say nothing: `requests` has it."""


def nested(text):
    """Return a form as Stripe reads it: `metadata[a]=1` is {"metadata": {"a": "1"}}."""
    form = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        first, *rest = re.findall(r"[^\[\]]+", key)
        target = form
        for name in [first, *rest][:-1]:
            target = target.setdefault(name, {})
        target[[first, *rest][-1]] = {"true": True, "false": False}.get(value, value)
    return form
