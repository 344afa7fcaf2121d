"""What happened at Stripe before the events of it are posted, and the comparison afterwards."""

from __future__ import annotations

import random
from typing import Any

from stripe_integrations import conf
from stripe_integrations.actions import MIRRORED
from stripe_integrations.testing import FakeStripe, objects

OBJECTS = {"customers": 12, "products": 12, "coupons": 12, "prices": 12}


def tell(api: FakeStripe, events: int, seed: int) -> list[dict[str, Any]]:
    """Let things happen in bursts until there are that many events, and return those."""
    chance = random.Random(seed)
    api.clock = objects.NOW - events
    for customer, price in (("cus_0", "price_0"), ("cus_1", "price_1")):
        api.create("customers", {"id": customer})
        api.create("prices", {"id": price})
        api.create("subscriptions", {"customer": customer, "items": [{"price": price}]})
    subscriptions = list(api.objects["subscriptions"])
    while len(api.events) < events:
        api.clock += chance.choice((0, 0, 0.2, 0.5, 1, 4))
        if chance.random() < 0.15:
            params = {"metadata": {"n": str(len(api.events))}}
            api.change("subscriptions", chance.choice(subscriptions), params)
            continue
        name = chance.choice(list(OBJECTS))
        id = f"{name}_{chance.randrange(OBJECTS[name])}"
        if id not in api.objects[name]:
            if id not in api.current.deleted:
                api.create(name, {"id": id})
        elif name in ("products", "coupons") and chance.random() < 0.1:
            api.delete(name, id)
        else:
            api.change(name, id, {"metadata": {"value": chance.choice("abc")}})
    return list(api.events.values())[:events]


def differences(api: FakeStripe) -> list[str]:
    """Return where the mirror is not Stripe's state."""
    found = []
    for action in MIRRORED.values():
        rows = conf.model(action.kind.model).objects.not_deleted()
        stored = dict(rows.values_list("pk", "stripe_data"))
        stripe = api.objects.get(action.kind.resource) or _elsewhere(api, action.kind.object)
        found += [
            f"{id}: {stored.get(id)} is not {stripe.get(id)}"
            for id in stored.keys() | stripe.keys()
            if stored.get(id) != stripe.get(id)
        ]
        found += [f"{row.pk} is in doubt" for row in rows.filter(in_doubt=True)]
    return found


def _elsewhere(api: FakeStripe, kind: str) -> dict[str, Any]:
    """Return the objects of a kind that are below customers, or in subscriptions."""
    below = [each for held in api.current.sources.values() for each in held.values()]
    subscriptions = api.objects["subscriptions"].values()
    items = [each for owner in subscriptions for each in owner["items"]["data"]]
    return {each["id"]: each for each in (*below, *items) if each["object"] == kind}
