"""What comes of a checkout session of the fake Stripe when a person pays."""

from __future__ import annotations

from typing import Any

from stripe_integrations.testing.fake_stripe import payments
from stripe_integrations.testing.fake_stripe.mutations import StripeMutations
from stripe_integrations.testing.fake_stripe.port import Refused
from stripe_integrations.testing.fake_stripe.subscription_invoices import bill_subscription

Data = dict[str, Any]

DAY = 86_400


def complete(fake: StripeMutations, id: str) -> Data:
    """Complete an open session, and return it; events tell of all that comes of it.

    Raises Refused for a session that is not open.
    """
    sessions = fake.objects["checkout/sessions"]
    stored = fake.found(sessions, id)
    if stored["status"] != "open":
        raise Refused(400, f"This Checkout Session is {stored['status']}.")
    mode = stored["mode"]
    customer = stored["customer"]
    if customer is None and mode != "payment":  # who pays once, stays a guest
        given = {"email": stored.get("customer_email") or "guest@example.com"}
        customer = fake.create("customers", given)["id"]
    method = fake.create("payment_methods", {"customer": customer})["id"]
    made = {"payment": _pay_once, "setup": _set_up, "subscription": _subscribe}[mode](
        fake, stored, customer, method
    )
    about = fake.objects["customers"].get(customer, {})
    done = {
        **stored,
        **made,
        "customer": customer,
        "customer_details": {
            "email": about.get("email") or stored.get("customer_email"),
            "name": about.get("name"),
        },
        "payment_status": "no_payment_required" if mode == "setup" else "paid",
        "status": "complete",
        "url": None,
    }
    sessions[id] = done
    fake.tell("checkout.session.completed", done)
    return done


def _pay_once(fake: StripeMutations, session: Data, customer: str | None, method: str) -> Data:
    params = {
        "amount": session["amount_total"],
        "confirm": True,
        "currency": session["currency"],
        "customer": customer,
        "metadata": session.get("payment_intent_data", {}).get("metadata", {}),
        "payment_method": method,
    }
    return {"payment_intent": payments.intent_created(fake, params)["id"]}


def _set_up(fake: StripeMutations, session: Data, customer: str | None, method: str) -> Data:
    made = payments.setup_created(fake, {"customer": customer, "payment_method": method})
    return {"setup_intent": payments.setup_confirmed(fake, made, {})["id"]}


def _subscribe(fake: StripeMutations, session: Data, customer: str | None, method: str) -> Data:
    lines = fake.current.checkout_lines[session["id"]]
    wanted = session.get("subscription_data", {})
    days = int(wanted.get("trial_period_days", 0))
    prices = fake.objects["prices"]
    params = {
        "customer": customer,
        "default_payment_method": method,
        "items": [
            {name: line[name] for name in ("price", "quantity") if name in line}
            for line in lines
            if prices[line["price"]]["recurring"]
        ],
        "metadata": wanted.get("metadata", {}),
        **({"trial_end": fake.now() + days * DAY} if days else {}),
    }
    made = fake.create("subscriptions", params)
    billed = [] if days else lines
    invoice = bill_subscription(fake, made, billed, method)
    fake.change("subscriptions", made["id"], {"latest_invoice": invoice["id"]})
    return {"invoice": invoice["id"], "subscription": made["id"]}
