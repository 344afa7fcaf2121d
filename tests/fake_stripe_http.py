"""The port of the fake Stripe, forms in and JSON out, and the shapes of its answers."""

from __future__ import annotations

import json
import re
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

#: Parameters that are numbers in Stripe's objects: a form has only text.
INTEGERS = {
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
        self.status = status
        kind = kind or ("api_error" if status >= 500 else "invalid_request_error")
        self.body = {
            "error": {"type": kind, "message": message, **({"code": code} if code else {})}
        }


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, fake: Any) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.fake = fake
        self.url = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server

    def respond(self) -> None:
        fake = self.server.fake
        url = urlsplit(self.path)
        text = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode() or url.query
        if fake.hangs_up:
            self.close_connection = True
            return
        replayed = False
        try:
            body, replayed = fake.handle(self.command, url.path, nested(text), self.headers)
            status = 200
        except Refused as error:
            status, body = error.status, json.dumps(error.body)
        if fake.latency:
            time.sleep(fake.latency)
        self.send_response_only(status)
        if fake.sends_date:
            self.send_header("Date", self.date_time_string(fake.now()))
        if replayed:
            self.send_header("Idempotent-Replayed", "true")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    do_GET = do_POST = do_DELETE = respond  # noqa: N815 - http.server's names


def nested(text: str) -> dict[str, Any]:
    """Return a form as Stripe reads it.

    `items[0][price]=p&metadata[a]=1` is {"items": [{"price": "p"}], "metadata": {"a": "1"}}.
    """
    form: dict[str, Any] = {}
    for key, value in parse_qsl(text, keep_blank_values=True):
        *path, last = re.findall(r"[^\[\]]+", key)
        target = form
        for name in path:
            target = target.setdefault(name, {})
        target[last] = value if "metadata" in path else typed(last, value)
    return lists(form)


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
    ids = list(reversed(things))
    if "starting_after" in params:
        if params["starting_after"] not in things:
            raise Refused(400, "No such object to start after.", code="resource_missing")
        ids = ids[ids.index(params["starting_after"]) + 1 :]
    data = [
        things[id]
        for id in ids
        if all(things[id].get(key) == value for key, value in filters.items())
    ]
    return {"object": "list", "data": data[:limit], "has_more": len(data) > limit}


def stub(data: dict[str, Any]) -> dict[str, Any]:
    return {"id": data["id"], "object": data["object"], "deleted": True}


def differences(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """Return `previous_attributes`: what changed, as it was; lists whole, null for what is new."""
    return {
        key: differences(before[key], after[key])
        if isinstance(before.get(key), dict) and isinstance(after.get(key), dict)
        else before.get(key)
        for key in {**before, **after}
        if before.get(key) != after.get(key)
    }
