"""The port of the fake Stripe, forms in and JSON out, and the shapes of its answers."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from stripe_integrations.testing.fake_stripe.fake import FakeStripe

#: Parameters that are numbers in Stripe's objects: a form has only text.
INTEGERS = {
    "amount",
    "amount_off",
    "balance",
    "cancel_at",
    "duration_in_months",
    "exp_month",
    "exp_year",
    "interval_count",
    "max_redemptions",
    "quantity",
    "redeem_by",
    "resumes_at",
    "trial_end",
    "unit_amount",
}
#: The parameters of a list that are no filter.
PAGING = {"ending_before", "limit", "starting_after", "status"}


class Refused(Exception):
    """An error answer in Stripe's shape."""

    def __init__(
        self, status: int, message: str, *, kind: str | None = None, code: str | None = None
    ) -> None:
        super().__init__(message)
        #: The earlier request that this is the answer to, None if it is new.
        self.original: str | None = None
        self.status = status
        kind = kind or ("api_error" if status >= 500 else "invalid_request_error")
        self.body = {
            "error": {"type": kind, "message": message, **({"code": code} if code else {})}
        }


def repeated(error: Refused, original: str) -> Refused:
    """Return the answer to who sends the idempotency key of a request that was refused."""
    again = Refused(error.status, str(error))
    again.body, again.original = error.body, original
    return again


class Unanswered(Exception):
    """The connection is closed without an answer."""


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, fake: FakeStripe, port: int) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.fake = fake
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def respond(self) -> None:
        fake = self.server.fake
        url = urlsplit(self.path)
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        is_json = self.headers.get("Content-Type") == "application/json"
        params = json.loads(sent) if sent and is_json else nested(sent or url.query)
        if fake.hangs_up:
            self.close_connection = True
            return
        if not url.path.startswith(("/v1/", "/v2/")):
            self.show_page(url.path, params)
            return
        replayed, original = False, None
        try:
            body, replayed = fake.handle(self.command, url.path, params, self.headers)
            status = 200
        except Refused as error:
            status, body = error.status, json.dumps(error.body)
            replayed, original = error.original is not None, error.original
        except Unanswered:
            self.close_connection = True
            return
        if fake.latency:
            time.sleep(fake.latency)
        self.send_response_only(status)
        if fake.sends_date:
            self.send_header("Date", self.date_time_string(fake.now()))
        if replayed:
            self.send_header("Idempotent-Replayed", "true")
        if original:
            self.send_header("Original-Request", original)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def show_page(self, path: str, form: dict[str, Any]) -> None:
        """Answer a browser."""
        shown = self.server.fake.show_page(self.command, path, form)
        body = shown.html.encode()
        self.send_response_only(shown.status)
        if shown.location:
            self.send_header("Location", shown.location)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = respond  # noqa: N815 - http.server's names


def nested(text: str) -> dict[str, Any]:
    """Return a form as Stripe reads it.

    `items[0][price]=p&metadata[a]=1` is {"items": [{"price": "p"}], "metadata": {"a": "1"}}. Older
    versions of the SDK repeat the name of a list: `include=a&include=b`.
    """
    form: dict[str, Any] = {}
    pairs = parse_qsl(text, keep_blank_values=True)
    many = Counter(key for key, _value in pairs)
    for key, value in pairs:
        if many[key] > 1:
            form.setdefault(key, []).append(typed(key, value))
            continue
        *path, last = re.findall(r"[^\[\]]+", key)
        target = form
        for name in path:
            target = target.setdefault(name, {})
        target[last] = value if "metadata" in path else typed(last, value)
    return {name: lists(each) for name, each in form.items()}


def typed(name: str, value: str) -> Any:
    if name in INTEGERS and value.lstrip("-").isdecimal():
        return int(value)
    if name == "percent_off":
        return float(value)
    return {"true": True, "false": False, "": None}.get(value, value)


def lists(value: Any) -> Any:
    """Return the form with every {"0": …, "1": …} in it as a list."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isdecimal() for key in value):
        return [lists(value[key]) for key in sorted(value, key=int)]
    return {key: lists(each) for key, each in value.items()}


def page(things: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """Return a page of a list, newest first; a parameter that is not for paging is a filter."""
    limit = int(params.get("limit", 10))
    if not 1 <= limit <= 100:
        raise Refused(400, "This value must be between 1 and 100.")
    filters = {key: value for key, value in params.items() if key not in PAGING}
    since, until = limits(filters.pop("created", {}))
    ids = list(reversed(things))
    if "starting_after" in params:
        if params["starting_after"] not in things:
            raise Refused(400, "No such object to start after.", code="resource_missing")
        ids = ids[ids.index(params["starting_after"]) + 1 :]
    data = [
        things[id]
        for id in ids
        if all(things[id].get(key) == value for key, value in filters.items())
        and since <= things[id].get("created", since) < until
    ]
    return {"object": "list", "data": data[:limit], "has_more": len(data) > limit}


def limits(created: dict[str, Any]) -> tuple[float, float]:
    """Return the times from and until which objects are listed."""
    return float(created.get("gte", 0)), float(created.get("lt", "inf"))


def stub(data: dict[str, Any]) -> dict[str, Any]:
    return {"id": data["id"], "object": data["object"], "deleted": True}


def previous_attributes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return `previous_attributes`: what changed, as it was; lists whole, null for what is new."""
    return {
        key: previous_attributes(before[key], after[key])
        if isinstance(before.get(key), dict) and isinstance(after.get(key), dict)
        else before.get(key)
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    }
