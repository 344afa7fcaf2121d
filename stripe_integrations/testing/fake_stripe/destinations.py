"""What the fake Stripe has below /v2/core: event destinations, and the list of thin events."""

from __future__ import annotations

from typing import Any

from stripe_integrations.storable import to_seconds
from stripe_integrations.testing.fake_stripe import v2_accounts
from stripe_integrations.testing.fake_stripe.mutations import StripeMutations
from stripe_integrations.testing.fake_stripe.port import Refused

Data = dict[str, Any]


def respond(fake: StripeMutations, method: str, parts: list[str], params: Data) -> Data:
    """Answer a request below /v2/core."""
    if parts[:1] == ["events"]:
        known = fake.current.thin_events
        return found(known, parts[1]) if parts[1:] else v2_page(fake, listed(known, params), params)
    if parts[:1] == ["accounts"] and parts[2:]:
        return found(fake.current.others.get("/".join(["core", *parts[:-1]]), {}), parts[-1])
    if parts[:1] == ["accounts"]:
        stored = found(fake.current.v2_accounts, parts[1])
        return v2_accounts.shown_account(stored, params.get("include", []))
    if parts[:1] != ["event_destinations"]:
        raise Refused(404, "Unrecognized request URL.", code="not_found")
    destinations = fake.current.destinations
    if len(parts) == 1:
        if method == "POST":
            return create_destination(fake, params)
        return v2_page(
            fake, [shown_destination(each, params) for each in destinations.values()], params
        )
    stored = found(destinations, parts[1])
    if method == "DELETE":
        del destinations[parts[1]]
        return {"id": parts[1], "object": "v2.core.event_destination"}
    if parts[2:] == ["disable"]:
        stored["status"] = "disabled"
    return shown_destination(stored, params)


def create_destination(fake: StripeMutations, params: Data) -> Data:
    """Create a destination; what it is redacted of is shown if asked for."""
    params = dict(params)
    include = params.pop("include", [])
    if "*" in params["enabled_events"] or not params["enabled_events"]:
        raise Refused(400, "enabled_events: name the types of thin events.")
    if params.keys() - FIELDS:
        raise Refused(400, f"Unknown fields: {params.keys() - FIELDS}")
    number = next(fake.numbers)
    made = {
        "id": f"ed_{number}",
        "object": "v2.core.event_destination",
        "created": "2026-10-01T00:00:00.000Z",
        "livemode": False,
        "metadata": {},
        "snapshot_api_version": None,
        "status": "enabled",
        "updated": "2026-10-01T00:00:00.000Z",
        **params,
    }
    fake.current.destinations[made["id"]] = made
    told = shown_destination(made, {"include": include})
    if "webhook_endpoint.signing_secret" in include:
        target = told["webhook_endpoint"] or {}
        told["webhook_endpoint"] = {**target, "signing_secret": f"whsec_of_{number}"}
    return told


FIELDS = {
    "description",
    "enabled_events",
    "event_payload",
    "events_from",
    "metadata",
    "name",
    "type",
    "webhook_endpoint",
}


def shown_destination(destination: Data, params: Data) -> Data:
    is_told = "webhook_endpoint.url" in params.get("include", [])
    return {**destination, "webhook_endpoint": destination["webhook_endpoint"] if is_told else None}


def listed(known: dict[str, Data], params: Data) -> list[Data]:
    """Return the thin events that the filters let through, newest first."""
    types, created = params.get("types"), params.get("created", {})
    if types and len(types) > 20:
        raise Refused(400, "No more than 20 types.")
    limits = {name: seconds_of(text) for name, text in created.items()}
    return [
        each
        for each in reversed(known.values())
        if (not types or each["type"] in types)
        and limits.get("gte", 0) <= seconds_of(each["created"]) < limits.get("lt", float("inf"))
    ]


def v2_page(fake: StripeMutations, things: list[Data], params: Data) -> Data:
    """Return a page of a list of API v2, which tells the address of the next one."""
    limit, start = int(params.get("limit", 20)), int(params.get("page", 0))
    if not 1 <= limit <= 100:
        raise Refused(400, "limit: between 1 and 100.")
    rest = start + limit < len(things)
    following = f"https://elsewhere.example/v2?page={start + limit}" if rest else None
    return {"data": things[start : start + limit], "next_page_url": following}


def found(things: dict[str, Data], id: str) -> Data:
    if id not in things:
        raise Refused(404, f"No such object: {id}", code="not_found")
    return things[id]


def seconds_of(text: str) -> int:
    seconds = to_seconds(text)
    if seconds is None:
        raise Refused(400, f"{text!r} is no time.")
    return seconds
