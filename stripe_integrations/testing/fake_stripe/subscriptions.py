"""What requests do to the subscriptions of the fake Stripe, with Stripe's checks."""

from __future__ import annotations

from typing import Any

from stripe_integrations.testing import objects
from stripe_integrations.testing.fake_stripe.mutations import StripeMutations
from stripe_integrations.testing.fake_stripe.parameters import check_choice, check_names
from stripe_integrations.testing.fake_stripe.port import Refused

Data = dict[str, Any]

#: Parameters that say how a change is made, and are no attributes.
HOW = {"expand", "off_session", "payment_behavior", "proration_behavior", "proration_date"}


def respond(fake: StripeMutations, method: str, rest: list[str], params: Data) -> Data | None:
    """Answer a POST or DELETE request below /v1/subscriptions."""
    check_choice(
        "proration_behavior",
        params.get("proration_behavior"),
        "always_invoice create_prorations none",
    )
    if not rest:
        check_names("subscriptions", params)
        made = fake.create("subscriptions", attributes_given(params))
        invoice = {"customer": made["customer"], "status": "paid", "subscription": made["id"]}
        params = {"latest_invoice": fake.create("invoices", invoice)["id"]}
        return fake.shown(fake.change("subscriptions", made["id"], params))
    id = rest[0]
    if method == "DELETE":
        check_names("subscriptions/{id}", params, deletes=True)
        return fake.shown(fake.delete("subscriptions", id))
    stored = fake.found(fake.objects["subscriptions"], id)
    if rest[1:] == ["resume"]:
        check_names("subscriptions/{id}/resume", params)
        if stored["status"] != "paused":
            raise Refused(400, f"You cannot resume a subscription that is {stored['status']}.")
        return fake.shown(fake.change("subscriptions", id, {"status": "active"}))
    check_names("subscriptions/{id}", params)
    return fake.shown(fake.change("subscriptions", id, requested_changes(fake, stored, params)))


def attributes_given(params: Data) -> Data:
    """Return the parameters that become attributes."""
    return {name: value for name, value in params.items() if name not in HOW}


def requested_changes(fake: StripeMutations, stored: Data, params: Data) -> Data:
    """Return the attributes that a request changes."""
    changed = attributes_given(params)
    if "items" in params:
        check_items(stored["items"]["data"], params["items"])
    for name in ("cancel_at", "trial_end"):
        if type(params.get(name)) is int and params[name] <= fake.now():
            raise Refused(400, f"Invalid timestamp: {name} must be in the future.")
    if {"cancel_at", "cancel_at_period_end"} <= params.keys():
        raise Refused(400, "You may only specify one of: cancel_at, cancel_at_period_end.")
    if params.get("cancel_at_period_end") is False:
        changed["cancel_at"] = None
    if "trial_end" in params:
        changed["status"] = "trialing"
    if params.get("pause_collection"):
        pause = {"resumes_at": None, **params["pause_collection"]}
        check_choice("behavior", pause.get("behavior"), "keep_as_draft mark_uncollectible void")
        changed["pause_collection"] = pause
    return changed


def check_items(rows: list[Data], asked: list[Data]) -> None:
    """Refuse what Stripe refuses of changes of items."""
    prices = {row["id"]: row["price"]["id"] for row in rows}
    for item in asked:
        if item.get("quantity", 0) < 0:
            raise Refused(400, "This value must be greater than or equal to 0.")
        if "id" not in item:
            if item["price"] in prices.values():
                raise Refused(400, "There is already a Subscription Item with this price.")
            prices[item["price"]] = item["price"]
        elif item["id"] not in prices:
            raise Refused(400, f"No such subscription_item: '{item['id']}'")
        elif item.get("deleted"):
            del prices[item["id"]]
        elif "price" in item:
            prices[item["id"]] = item["price"]
    if not prices:
        raise Refused(400, "A subscription must have at least one active plan.")


def preview_renewal(fake: StripeMutations, params: Data) -> Data:
    """Return the next invoice of a subscription, which is not kept."""
    check_names("invoices/create_preview", params)
    if not {"customer", "schedule", "subscription"} & params.keys():
        raise Refused(400, "You must specify a customer, subscription or schedule.")
    stored = fake.found(fake.objects["subscriptions"], params["subscription"], 400)
    rows = stored["items"]["data"]
    asked = params.get("subscription_details", {}).get("items")
    if asked:
        check_items(rows, asked)
        rows = fake.items(stored["id"], rows, asked)
    return objects.bare(
        "invoice",
        f"upcoming_in_{next(fake.numbers)}",
        amount_due=sum(row["price"]["unit_amount"] * row["quantity"] for row in rows),
        customer=stored["customer"],
        status="draft",
    )
