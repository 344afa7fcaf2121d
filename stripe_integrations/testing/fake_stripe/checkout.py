"""The checkout sessions of the fake Stripe."""

from __future__ import annotations

from typing import Any

from stripe_integrations.testing import objects
from stripe_integrations.testing.fake_stripe.mutations import StripeMutations
from stripe_integrations.testing.fake_stripe.parameters import check_choice, check_names, check_url
from stripe_integrations.testing.fake_stripe.port import Refused

Data = dict[str, Any]

#: The names of 2026-03-25.dahlia.
UI_MODES = "hosted_page embedded_page elements"


def respond(fake: StripeMutations, rest: list[str], params: Data) -> Data:
    """Answer a POST request below /v1/checkout/sessions."""
    sessions = fake.objects["checkout/sessions"]
    if not rest:
        return open_session(fake, params)
    stored = fake.found(sessions, rest[0])
    if rest[1:] != ["expire"]:
        raise Refused(404, "Unrecognized request URL.")
    check_names("checkout/sessions/{id}/expire", params)
    if stored["status"] != "open":
        raise Refused(400, "Only Checkout Sessions with a status in [open] can be expired.")
    sessions[rest[0]] = {**stored, "status": "expired", "url": None}
    fake.tell("checkout.session.expired", sessions[rest[0]])
    return sessions[rest[0]]


def open_session(fake: StripeMutations, params: Data) -> Data:
    check_names("checkout/sessions", params)
    check_choice("mode", params.get("mode"), "payment setup subscription")
    check_choice("ui_mode", params.get("ui_mode"), UI_MODES)
    is_hosted = params.get("ui_mode", "hosted_page") == "hosted_page"
    needed, refused = ("success_url", "return_url") if is_hosted else ("return_url", "success_url")
    if needed not in params:
        raise Refused(400, f"You must provide {needed}.", code="parameter_missing")
    for name in {refused, "cancel_url"} & params.keys():
        if name == refused or not is_hosted:
            raise Refused(400, f"{name} cannot be set with this ui_mode.")
    for name in {"success_url", "cancel_url", "return_url"} & params.keys():
        check_url(name, params[name])
    if "customer" in params:
        fake.found(fake.objects["customers"], params["customer"], 400)
    params = dict(params)
    lines = params.pop("line_items", [])
    check_lines(fake, params["mode"], lines)
    id = f"cs_test_{next(fake.numbers)}"
    fake.current.checkout_lines[id] = lines
    made = objects.bare(
        "checkout.session",
        id,
        **{
            **totals(fake, lines),
            "client_reference_id": None,
            "client_secret": None if is_hosted else f"{id}_secret_fid",
            "created": fake.now(),
            "customer": None,
            "expires_at": fake.now() + 86_400,
            "payment_status": "no_payment_required" if params["mode"] == "setup" else "unpaid",
            "status": "open",
            "ui_mode": "hosted_page",
            "url": fake.page_url("checkout.stripe.com", f"/c/pay/{id}") if is_hosted else None,
            **params,
        },
    )
    fake.objects["checkout/sessions"][id] = made  # no event tells of a session that is open
    return made


def totals(fake: StripeMutations, lines: list[Data]) -> Data:
    """Return the amounts of a session: those of prices without a fixed one count as nothing."""
    prices = [(fake.objects["prices"][line["price"]], line.get("quantity", 0)) for line in lines]
    total = sum((price["unit_amount"] or 0) * int(quantity) for price, quantity in prices)
    currency = prices[0][0]["currency"] if prices else None
    return {"amount_subtotal": total, "amount_total": total, "currency": currency}


def check_lines(fake: StripeMutations, mode: str, lines: list[Data]) -> None:
    """Refuse what cannot be sold in a mode."""
    if mode == "setup":
        if lines:
            raise Refused(400, "You can not pass `line_items` in `setup` mode.")
        return
    if not lines:
        raise Refused(400, f"You must pass `line_items` in `{mode}` mode.")
    prices = [fake.found(fake.objects["prices"], line["price"], 400) for line in lines]
    recurring = [price for price in prices if price["recurring"]]
    if mode == "payment" and recurring:
        raise Refused(400, "You specified `payment` mode but passed a recurring price.")
    if mode == "subscription" and not recurring:
        raise Refused(400, "You must provide at least one recurring price in `subscription` mode.")
    for price, line in zip(prices, lines, strict=True):
        is_metered = (price["recurring"] or {}).get("usage_type") == "metered"
        if is_metered and "quantity" in line:
            raise Refused(400, "Quantity should not be specified where usage_type is `metered`.")
        if not is_metered and "quantity" not in line:
            raise Refused(400, "Quantity is required.", code="parameter_missing")
