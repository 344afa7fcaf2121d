"""The fake Stripe's payment methods, intents, charges and refunds, with Stripe's rules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stripe_integrations.testing import objects
from stripe_integrations.testing.fake_stripe.keeping import (
    needed,
    object_at,
    objects_at,
    put,
    refuse,
    updated,
)
from stripe_integrations.testing.fake_stripe.mutations import StripeMutations
from stripe_integrations.testing.fake_stripe.port import Refused

Data = dict[str, Any]

NAMES = {"charges", "payment_intents", "payment_methods", "refunds", "setup_intents"}
VERBS: dict[tuple[str, str | None], tuple[str, str]] = {
    ("charges", ""): ("Charge", "Modify"),
    ("charges", "capture"): ("Charge", "Capture"),
    ("payment_intents", None): ("PaymentIntent", "Create"),
    ("payment_intents", ""): ("PaymentIntent", "Modify"),
    ("payment_intents", "cancel"): ("PaymentIntent", "Cancel"),
    ("payment_intents", "capture"): ("PaymentIntent", "Capture"),
    ("payment_intents", "confirm"): ("PaymentIntent", "Confirm"),
    ("payment_methods", ""): ("PaymentMethod", "Modify"),
    ("payment_methods", "attach"): ("PaymentMethod", "Attach"),
    ("payment_methods", "detach"): ("PaymentMethod", "Detach"),
    ("refunds", None): ("Refund", "Create"),
    ("refunds", ""): ("Refund", "Modify"),
    ("refunds", "cancel"): ("Refund", "Cancel"),
    ("setup_intents", None): ("SetupIntent", "Create"),
    ("setup_intents", "cancel"): ("SetupIntent", "Cancel"),
    ("setup_intents", "confirm"): ("SetupIntent", "Confirm"),
}
#: A payment method that is declined wherever it pays.
DECLINED = "pm_card_chargeDeclined"


def respond(fake: StripeMutations, name: str, rest: list[str], params: Data) -> Data:
    if not rest:
        return CREATIONS[name](fake, params)
    verb = rest[1] if len(rest) == 2 else ""
    if verb == "":
        event = {"charges": "charge.updated", "refunds": "refund.updated"}
        told = event.get(name, f"{name.removesuffix('s')}.updated")
        return updated(fake, name, object_at(fake, name, rest[0]), params, told)
    return CHANGES[name, verb](fake, object_at(fake, name, rest[0]), params)


def charged(fake: StripeMutations, method: str) -> None:
    """Take money by a payment method."""
    if method == DECLINED:
        raise Refused(402, "Your card was declined.", kind="card_error", code="card_declined")
    needed(fake, "payment_methods", method)


def unexpected(stored: Data, kind: str = "payment_intent") -> None:
    refuse(
        f"This intent's status of {stored['status']} does not allow that.",
        f"{kind}_unexpected_state",
    )


# -- payment methods


def attached(fake: StripeMutations, stored: Data, params: Data) -> Data:
    needed(fake, "customers", params.get("customer"))
    if stored["customer"] not in (None, params["customer"]):
        refuse("The payment method is already attached to another customer.")
    if stored["id"] in objects_at(fake, "detached"):
        refuse("A detached payment method may not be used again.")
    changed = {**stored, "customer": params["customer"]}
    return put(fake, "payment_methods", changed, "payment_method.attached")


def detached(fake: StripeMutations, stored: Data, params: Data) -> Data:
    if stored["customer"] is None:
        refuse("The payment method you provided is not attached to a customer.")
    objects_at(fake, "detached")[stored["id"]] = stored
    return fake.detach_method(stored)


# -- intents


def setup_created(fake: StripeMutations, params: Data) -> Data:
    if params.get("customer"):
        needed(fake, "customers", params["customer"])
    id = f"seti_{next(fake.numbers)}"
    has_method = bool(params.get("payment_method"))
    status = "requires_confirmation" if has_method else "requires_payment_method"
    made = objects.bare(
        "setup_intent",
        id,
        **{"payment_method": None, "client_secret": f"{id}_secret_ada", "status": status, **params},
    )
    return put(fake, "setup_intents", made, "setup_intent.created")


def setup_confirmed(fake: StripeMutations, stored: Data, params: Data) -> Data:
    if stored["status"] in ("canceled", "succeeded"):
        unexpected(stored, "setup_intent")
    method = params.get("payment_method") or stored["payment_method"]
    if not method:
        refuse("You must pass a payment method.", "parameter_missing")
    charged(fake, method)
    done = {**stored, "payment_method": method, "status": "succeeded"}
    return put(fake, "setup_intents", done, "setup_intent.succeeded")


def setup_canceled(fake: StripeMutations, stored: Data, params: Data) -> Data:
    if stored["status"] in ("canceled", "succeeded"):
        unexpected(stored, "setup_intent")
    return put(
        fake, "setup_intents", {**stored, **params, "status": "canceled"}, "setup_intent.canceled"
    )


def intent_created(fake: StripeMutations, params: Data) -> Data:
    if not isinstance(params["amount"], int) or params["amount"] < 1:
        refuse("Invalid positive integer: amount", "parameter_invalid_integer")
    if params.get("customer"):
        needed(fake, "customers", params["customer"])
    is_confirmed = params.pop("confirm", False)
    id = f"pi_{next(fake.numbers)}"
    status = "requires_confirmation" if params.get("payment_method") else "requires_payment_method"
    made = objects.bare(
        "payment_intent",
        id,
        **{
            "amount_received": 0,
            "capture_method": "automatic",
            "client_secret": f"{id}_secret_ada",
            "customer": None,
            "latest_charge": None,
            "payment_method": None,
            "status": status,
            **params,
        },
    )
    if is_confirmed and made["payment_method"]:
        charged(fake, made["payment_method"])
    put(fake, "payment_intents", made, "payment_intent.created")
    return intent_confirmed(fake, made, {}) if is_confirmed else made


def intent_confirmed(fake: StripeMutations, stored: Data, params: Data) -> Data:
    if stored["status"] not in ("requires_payment_method", "requires_confirmation"):
        unexpected(stored)
    method = params.get("payment_method") or stored["payment_method"]
    if not method:
        refuse("You must pass a payment method.", "payment_intent_unexpected_state")
    charged(fake, method)
    captured = stored["capture_method"] != "manual"
    charge = objects.bare(
        "charge",
        f"ch_{next(fake.numbers)}",
        amount=stored["amount"],
        amount_captured=stored["amount"] if captured else 0,
        amount_refunded=0,
        captured=captured,
        currency=stored["currency"],
        customer=stored["customer"],
        payment_intent=stored["id"],
        refunded=False,
        status="succeeded",
    )
    put(fake, "charges", charge, "charge.succeeded")
    done = {
        "payment_method": method,
        "latest_charge": charge["id"],
        "amount_received": charge["amount_captured"],
        "status": "succeeded" if captured else "requires_capture",
    }
    told = "succeeded" if captured else "amount_capturable_updated"
    return put(fake, "payment_intents", {**stored, **done}, f"payment_intent.{told}")


def intent_captured(fake: StripeMutations, stored: Data, params: Data) -> Data:
    if stored["status"] != "requires_capture":
        unexpected(stored)
    amount = params.get("amount_to_capture", stored["amount"])
    charge_taken(fake, object_at(fake, "charges", stored["latest_charge"]), amount)
    done = {**stored, "amount_received": amount, "status": "succeeded"}
    return put(fake, "payment_intents", done, "payment_intent.succeeded")


def intent_canceled(fake: StripeMutations, stored: Data, params: Data) -> Data:
    if stored["status"] in ("canceled", "succeeded"):
        unexpected(stored)
    done = {**stored, **params, "status": "canceled"}
    return put(fake, "payment_intents", done, "payment_intent.canceled")


# -- charges and refunds


def charge_taken(fake: StripeMutations, stored: Data, amount: Any) -> Data:
    if stored["captured"]:
        refuse("Charge has already been captured.", "charge_already_captured")
    if amount > stored["amount"]:
        refuse("The amount is more than the charge's.", "amount_too_large")
    done = {**stored, "captured": True, "amount_captured": amount}
    return put(fake, "charges", done, "charge.captured")


def charge_captured(fake: StripeMutations, stored: Data, params: Data) -> Data:
    if stored["payment_intent"]:
        refuse("This charge was created by a PaymentIntent: capture that.")
    return charge_taken(fake, stored, params.get("amount", stored["amount"]))


def refund_created(fake: StripeMutations, params: Data) -> Data:
    if ("charge" in params) is ("payment_intent" in params):
        refuse("You must pass one of charge and payment_intent.", "parameter_missing")
    id = params.get("charge")
    if not id:
        intent = needed(fake, "payment_intents", params["payment_intent"])
        id = intent["latest_charge"]
    if not id:
        refuse("This PaymentIntent does not have a successful charge to refund.")
    charge = needed(fake, "charges", id)
    left = charge["amount_captured"] - charge["amount_refunded"]
    if not left:
        refuse(f"Charge {id} has already been refunded.", "charge_already_refunded")
    amount = params.get("amount", left)
    if amount > left:
        refuse(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})")
    refunded = charge["amount_refunded"] + amount
    made = objects.bare(
        "refund",
        f"re_{next(fake.numbers)}",
        **{
            **params,
            "amount": amount,
            "charge": id,
            "currency": charge["currency"],
            "payment_intent": charge["payment_intent"],
            "status": "succeeded",
        },
    )
    put(fake, "refunds", made, "refund.created")
    changed = {"amount_refunded": refunded, "refunded": refunded == charge["amount_captured"]}
    put(fake, "charges", {**charge, **changed}, "charge.refunded")
    return made


def refund_canceled(fake: StripeMutations, stored: Data, params: Data) -> Data:
    if stored["status"] != "requires_action":
        refuse("Only a refund that requires an action can be canceled.")
    charge = object_at(fake, "charges", stored["charge"])
    changed = {"amount_refunded": charge["amount_refunded"] - stored["amount"], "refunded": False}
    put(fake, "charges", {**charge, **changed}, "charge.updated")
    return put(fake, "refunds", {**stored, "status": "canceled"}, "refund.updated")


CREATIONS: dict[str, Callable[[StripeMutations, Data], Data]] = {
    "payment_intents": intent_created,
    "refunds": refund_created,
    "setup_intents": setup_created,
}
CHANGES: dict[tuple[str, str], Callable[[StripeMutations, Data, Data], Data]] = {
    ("charges", "capture"): charge_captured,
    ("payment_intents", "cancel"): intent_canceled,
    ("payment_intents", "capture"): intent_captured,
    ("payment_intents", "confirm"): intent_confirmed,
    ("payment_methods", "attach"): attached,
    ("payment_methods", "detach"): detached,
    ("refunds", "cancel"): refund_canceled,
    ("setup_intents", "cancel"): setup_canceled,
    ("setup_intents", "confirm"): setup_confirmed,
}
