"""What the fake Stripe has in lists inside other objects: invoice lines, active entitlements."""

from __future__ import annotations

from typing import Any

from stripe_integrations.testing.fake_stripe.mutations import StripeMutations
from stripe_integrations.testing.fake_stripe.port import page

Data = dict[str, Any]

SUMMARY = "entitlements.active_entitlement_summary"


def lines(fake: StripeMutations, invoice: str, params: Data) -> Data:
    """Return a page of the lines of an invoice."""
    data = fake.found(fake.objects["invoices"], invoice)["lines"]["data"]
    return page({each["id"]: each for each in reversed(data)}, params)


def entitle(fake: StripeMutations, customer: str, features: list[str]) -> None:
    """Replace the active entitlements of a customer, and tell of it."""
    before = summary(fake, customer)
    fake.current.entitlements[customer] = {
        f"ent_{customer}_{feature}": {
            "id": f"ent_{customer}_{feature}",
            "object": "entitlements.active_entitlement",
            "feature": f"feat_{feature}",
            "livemode": False,
            "lookup_key": feature,
        }
        for feature in features
    }
    after = summary(fake, customer)
    if after != before:
        fake.tell(f"{SUMMARY}.updated", after, {"entitlements": before["entitlements"]})


def summary(fake: StripeMutations, customer: str) -> Data:
    """Return what an event tells of the active entitlements of a customer: a page of them."""
    held = list(reversed(fake.current.entitlements.get(customer, {}).values()))
    return {
        "object": SUMMARY,
        "customer": customer,
        "entitlements": {
            "object": "list",
            "data": held[: fake.nested_limit],
            "has_more": len(held) > fake.nested_limit,
            "url": "/v1/entitlements/active_entitlements",
        },
        "livemode": False,
    }
