"""The load of a round: which events are sent, and what must be stored in the end."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from benchmarks import objects

#: Seconds of Stripe's time between an object's two events: more than ours takes for a wrong clock.
APART = 60
#: What Stripe calls the events of a kind, where that is not the kind's own name.
TYPES = {"subscription": "customer.subscription"}
#: Events that one group of objects gives: each of the five is created, then updated.
PER_GROUP = 10


@dataclass(frozen=True)
class Load:
    """A number of events, a multiple of ten, with ids that begin with the prefix."""

    prefix: str
    events: int

    def groups(self) -> list[list[objects.Object]]:
        """Return the objects as they were created, those that refer to each other together."""
        return [objects.group(self.prefix, number) for number in range(self.events // PER_GROUP)]

    def final_objects(self) -> list[objects.Object]:
        """Return the objects as they are at Stripe after all events."""
        return [updated(thing) for group in self.groups() for thing in group]

    def shares(self, connections: int) -> list[list[bytes]]:
        """Return the bodies that each connection sends, in order.

        One connection sends all of a group: an update goes out after its creation is answered.
        """
        shares: list[list[bytes]] = [[] for _ in range(connections)]
        for number, group in enumerate(self.groups()):
            share = shares[number % connections]
            share += [_body("created", thing, {}) for thing in group]
            share += [
                _body("updated", updated(thing), {"metadata": {"revision": "1"}}) for thing in group
            ]
        return shares


def updated(thing: objects.Object) -> objects.Object:
    return {**thing, "metadata": {**thing["metadata"], "revision": "2"}}


def _body(verb: str, thing: objects.Object, previous: dict[str, Any]) -> bytes:
    data = {"object": thing, "previous_attributes": previous} if previous else {"object": thing}
    event = {
        "id": f"evt_{thing['id']}_{verb}",
        "object": "event",
        "api_version": objects.API_VERSION,
        "created": thing["created"] + (APART if verb == "updated" else 0),
        "data": data,
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": "req_bench", "idempotency_key": None},
        "type": f"{TYPES.get(thing['object'], thing['object'])}.{verb}",
    }
    return json.dumps(event, indent=2).encode()
