"""The webhook endpoints of the fake Stripe: the secret is shown once, when one is created."""

from __future__ import annotations

from typing import Any

from stripe_integrations.testing.fake_stripe.mutations import StripeMutations
from stripe_integrations.testing.fake_stripe.port import Refused, page, stub

Data = dict[str, Any]

#: Endpoints that one account may have.
MOST = 16


def respond(fake: StripeMutations, method: str, rest: list[str], params: Data) -> Data:
    """Answer a request below /v1/webhook_endpoints."""
    endpoints = fake.current.endpoints
    if not rest:
        return create_endpoint(fake, params) if method == "POST" else page(endpoints, params)
    found: Data = fake.found(endpoints, rest[0])
    if method == "DELETE":
        return stub(endpoints.pop(rest[0]))
    if method == "POST":
        if "api_version" in params:
            raise Refused(400, "Received unknown parameter: api_version")
        given = dict(params)
        if "disabled" in given:
            given["status"] = "disabled" if given.pop("disabled") in (True, "true") else "enabled"
        found.update(given)
    return found


def create_endpoint(fake: StripeMutations, params: Data) -> Data:
    """Create an endpoint, as its API or its dashboard does, and show its secret."""
    if not str(params.get("url", "")).startswith("https://"):
        raise Refused(400, "Invalid URL: An explicit scheme (such as https) must be provided.")
    if not params.get("enabled_events"):
        raise Refused(400, "Missing required param: enabled_events.")
    if len(fake.current.endpoints) >= MOST:
        raise Refused(400, "You have reached the maximum of 16 test webhook endpoints.")
    number = next(fake.numbers)
    connect = params.get("connect") in (True, "true")
    made = {
        "id": f"we_{number}",
        "object": "webhook_endpoint",
        "api_version": params.get("api_version"),
        "application": "ca_1" if connect else None,
        "created": fake.now(),
        "description": params.get("description"),
        "enabled_events": params["enabled_events"],
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "status": "enabled",
        "url": params["url"],
    }
    fake.current.endpoints[made["id"]] = made
    return {**made, "secret": f"whsec_of_{number}"}
