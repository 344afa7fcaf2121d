"""Stripe's API as far as a first sync asks for it: customers, in lists, newest first.

    python -m benchmarks.list_api '{"latency": …, "customers": …}'

prints its port, and serves until it is ended. A customer is made from its number when it is asked
for, so that a million of them take no memory.
"""

from __future__ import annotations

import json
import sys
import time
from urllib.parse import parse_qs, urlsplit

from benchmarks import http_api

#: The customers are of this many seconds, one as far from the next as the other.
SPAN = 4 * 365 * 86_400
ADDRESS = {
    "city": "Springfield",
    "country": "US",
    "line1": "742 Evergreen Terrace",
    "line2": None,
    "postal_code": "97475",
    "state": "OR",
}
CUSTOMER = {
    "id": "cus_%09d",
    "object": "customer",
    "address": ADDRESS,
    "balance": 0,
    "created": "@created",
    "currency": "usd",
    "default_source": None,
    "delinquent": False,
    "description": "A customer of the benchmark, with a description of some length",
    "email": "customer%09d@example.com",
    "invoice_prefix": "B%09d",
    "invoice_settings": {
        "custom_fields": None,
        "default_payment_method": None,
        "footer": None,
        "rendering_options": None,
    },
    "livemode": False,
    "metadata": {"plan": "gold", "source": "newsletter"},
    "name": "Customer %09d",
    "next_invoice_sequence": 7,
    "phone": "+15555550100",
    "preferred_locales": ["en-US"],
    "shipping": {"address": ADDRESS, "name": "Customer", "phone": None},
    "tax_exempt": "none",
    "test_clock": None,
}
TEMPLATE = json.dumps(CUSTOMER).replace("%09d", "@number").replace('"@created"', "@created")


class ListApi:
    def __init__(self, customers: int, latency: float) -> None:
        self.customers, self.latency, self.count = customers, latency, 0
        self.first = int(time.time()) - SPAN

    def created(self, number: int) -> int:
        return self.first + number * SPAN // self.customers

    def number_at(self, moment: int) -> int:
        """Return the first customer that was created at a time or after it."""
        low, high = 0, self.customers
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.created(middle) < moment else (low, middle)
        return low

    def customer(self, number: int) -> str:
        text = TEMPLATE.replace("@number", f"{number:09d}")
        return text.replace("@created", str(self.created(number)))

    def get(self, target: str) -> tuple[int, str]:
        """Return the status and the body of an answer."""
        return 200, self._body(target)

    def _body(self, target: str) -> str:
        url = urlsplit(target)
        if url.path == "/count":
            return json.dumps({"count": self.count})
        self.count += 1
        asked = {key: values[-1] for key, values in parse_qs(url.query).items()}
        match url.path.strip("/").split("/"):
            case ["v1", "customers"]:
                return self._page(asked)
            case ["v1", "customers", id]:
                return self.customer(int(id.removeprefix("cus_")))
            case ["v1", "account"]:
                return json.dumps({"id": "acct_bench", "object": "account", "livemode": False})
        return json.dumps({"object": "list", "data": [], "has_more": False, "url": url.path})

    def _page(self, asked: dict[str, str]) -> str:
        low = self.number_at(int(asked.get("created[gte]", 0)))
        high = self.customers
        if "created[lt]" in asked:
            high = self.number_at(int(asked["created[lt]"]))
        if "starting_after" in asked:
            high = min(high, int(asked["starting_after"].removeprefix("cus_")))
        numbers = range(high - 1, max(high - 1 - int(asked.get("limit", 10)), low - 1), -1)
        has_more = bool(numbers) and numbers[-1] > low
        data = ", ".join(map(self.customer, numbers))
        return (
            f'{{"object": "list", "url": "/v1/customers", "has_more": {json.dumps(has_more)}, '
            f'"data": [{data}]}}'
        )


if __name__ == "__main__":
    options = json.loads(sys.argv[1])
    http_api.run(ListApi(options["customers"], options["latency"]))
