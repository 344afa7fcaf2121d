"""Stripe's API as far as the contenders ask for it: the objects of the load, by id.

    python -m benchmarks.fake_api '{"latency": …, "loads": [["prefix", events], …]}'

prints its port, and serves until it is ended. The objects are as they are after all events:
webhooks come late, and the API says what is true now. Any POST is answered `{}` at once: that
is the trivial server against which the client is measured. `GET /count` says how many calls of
the API there were.
"""

from __future__ import annotations

import json
import sys
from urllib.parse import parse_qsl, urlsplit

from benchmarks import http_api
from benchmarks.load import Load
from benchmarks.objects import Object

RESOURCES = ("coupons", "customers", "prices", "products", "subscriptions")


class FakeApi:
    def __init__(self, loads: list[tuple[str, int]], latency: float) -> None:
        self.latency = latency
        self.count = 0
        self.objects: dict[str, Object] = {
            thing["id"]: thing for load in loads for thing in Load(*load).final_objects()
        }

    def get(self, target: str) -> tuple[int, str]:
        """Return the status and the body of an answer."""
        status, answer = self._find(target)
        return status, json.dumps(answer)

    def _find(self, target: str) -> tuple[int, Object]:
        url = urlsplit(target)
        if url.path == "/count":
            return 200, {"count": self.count}
        self.count += 1
        expand = [value for key, value in parse_qsl(url.query) if key.startswith("expand")]
        match url.path.strip("/").split("/"):
            case ["v1", resource, id] if resource in RESOURCES and id in self.objects:
                return 200, self._expanded(self.objects[id], expand)
            case ["v1", "products", id, "features"] if id in self.objects:
                return 200, {"object": "list", "data": [], "has_more": False, "url": url.path}
        message = f"No such object: {url.path}"
        return 404, {"error": {"type": "invalid_request_error", "message": message}}

    def _expanded(self, thing: Object, names: list[str]) -> Object:
        """Return it with the objects in place of the ids that are to be expanded."""
        found = {name: self.objects[thing[name]] for name in names if thing.get(name)}
        return {**thing, **found}


if __name__ == "__main__":
    options = json.loads(sys.argv[1])
    http_api.run(FakeApi(options["loads"], options["latency"]))
