"""The invoices of the fake Stripe's subscriptions."""

from __future__ import annotations

from typing import Any

from stripe_integrations.testing import objects
from stripe_integrations.testing.fake_stripe.invoices import finalized, paid
from stripe_integrations.testing.fake_stripe.keeping import put
from stripe_integrations.testing.fake_stripe.mutations import StripeMutations

Data = dict[str, Any]


def bill_subscription(
    fake: StripeMutations, subscription: Data, lines: list[Data], method: str
) -> Data:
    """Return the paid invoice of a subscription, for the lines that a customer has bought."""
    id = f"in_{next(fake.numbers)}"
    rows = []
    for line in lines:
        price = fake.objects["prices"][line["price"]]
        quantity = int(line.get("quantity", 0))
        rows.append(
            objects.bare(
                "line_item",
                f"il_{next(fake.numbers)}",
                amount=(price["unit_amount"] or 0) * quantity,
                currency=price["currency"],
                invoice=id,
                parent={
                    "subscription_item_details": {"subscription": subscription["id"]},
                    "type": "subscription_item_details",
                },
                pricing={
                    "price_details": {"price": price["id"], "product": price["product"]},
                    "type": "price_details",
                    "unit_amount_decimal": price["unit_amount_decimal"],
                },
                quantity=quantity,
            )
        )
    total = sum(row["amount"] for row in rows)
    made = objects.bare(
        "invoice",
        id,
        amount_due=total,
        amount_paid=0,
        amount_remaining=total,
        billing_reason="subscription_create",
        collection_method="charge_automatically",
        created=fake.now(),
        currency=subscription["currency"],
        customer=subscription["customer"],
        lines={"object": "list", "data": rows, "has_more": False},
        parent={
            "subscription_details": {"metadata": {}, "subscription": subscription["id"]},
            "type": "subscription_details",
        },
        pre_payment_credit_notes_amount=0,
        status="draft",
        status_transitions={},
        subtotal=total,
        total=total,
    )
    stored = finalized(fake, put(fake, "invoices", made, "invoice.created"))
    if stored["status"] == "open":
        return paid(fake, stored, {"payment_method": method})
    fake.tell("invoice.paid", stored)
    return stored
