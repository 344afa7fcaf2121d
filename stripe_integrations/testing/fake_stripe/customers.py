"""What the fake Stripe does for customers, checkouts and subscriptions, with Stripe's checks.

The checks are made of requests only: a test that calls a verb of the fake itself may do anything.
"""

from __future__ import annotations

from typing import Any

from stripe_integrations.testing import objects
from stripe_integrations.testing.fake_stripe import checkout, subscriptions
from stripe_integrations.testing.fake_stripe.mutations import StripeMutations
from stripe_integrations.testing.fake_stripe.parameters import check_names, check_url
from stripe_integrations.testing.fake_stripe.port import Refused, page, stub

Data = dict[str, Any]


def respond(fake: StripeMutations, method: str, parts: list[str], params: Data) -> Data | None:
    """Answer a request, None for one that is none of these."""
    if method == "GET":
        return respond_to_read(fake, parts, params)
    return answer_customer(fake, method, parts, params) or answer_other(fake, method, parts, params)


def answer_customer(
    fake: StripeMutations, method: str, parts: list[str], params: Data
) -> Data | None:
    """Answer a request that changes customers, or what is below them."""
    match parts:
        case ["customers"] if method == "POST":
            check_names("customers", params)
        case ["customers", id]:
            check_names("customers/{id}", params, deletes=method == "DELETE")
            if method == "POST":
                return change_customer(fake, id, params)
        case ["customers", id, "balance_transactions"]:
            return adjust_balance(fake, id, params)
        case ["customers", id, "tax_ids"]:
            return add_tax_id(fake, id, params)
    return None


def answer_other(fake: StripeMutations, method: str, parts: list[str], params: Data) -> Data | None:
    """Answer a request that changes tax ids, sessions or subscriptions."""
    match parts:
        case ["tax_ids", id] if method == "DELETE":
            check_names("tax_ids/{id}", params, deletes=True)
            gone = fake.found(fake.current.others.setdefault("tax_ids", {}), id)
            del fake.current.others["tax_ids"][id]
            fake.tell("customer.tax_id.deleted", gone)
            return stub(gone)
        case ["billing_portal", "sessions"]:
            return open_portal(fake, params)
        case ["checkout", "sessions", *rest]:
            return checkout.respond(fake, rest, params)
        case ["subscriptions", *rest]:
            return subscriptions.respond(fake, method, rest, params)
        case ["invoices", "create_preview"]:
            return subscriptions.preview_renewal(fake, params)
    return None


def respond_to_read(fake: StripeMutations, parts: list[str], params: Data) -> Data | None:
    """Answer a GET request for what is listed below a customer, None for another one."""
    match parts:
        case ["customers", id, "balance_transactions"]:
            fake.found(fake.objects["customers"], id)
            return page(balance_transactions(fake, id), params)
        case ["customers", id, "tax_ids"]:
            fake.found(fake.objects["customers"], id)
            known = fake.current.others.get("tax_ids", {})
            return page(
                {key: each for key, each in known.items() if each["customer"] == id}, params
            )
    return None


def change_customer(fake: StripeMutations, id: str, params: Data) -> Data:
    stored = fake.found(fake.objects["customers"], id)
    settings = params.get("invoice_settings")
    if settings:
        chosen = settings.get("default_payment_method")
        if chosen:
            method = fake.found(fake.objects["payment_methods"], chosen, 400)
            if method["customer"] != id:
                raise Refused(400, "The customer does not have a payment method with this ID.")
        params = {**params, "invoice_settings": {**stored["invoice_settings"], **settings}}
    return fake.change("customers", id, params)


def balance_transactions(fake: StripeMutations, customer: str) -> dict[str, Data]:
    """Return the balance transactions of a customer."""
    return fake.current.others.setdefault(f"customers/{customer}/balance_transactions", {})


def adjust_balance(fake: StripeMutations, id: str, params: Data) -> Data:
    check_names("customers/{id}/balance_transactions", params)
    stored = fake.found(fake.objects["customers"], id)
    if type(params["amount"]) is not int:
        raise Refused(400, f"Invalid integer: {params['amount']}", code="parameter_invalid_integer")
    made = {
        "id": f"cbtxn_{next(fake.numbers)}",
        "object": "customer_balance_transaction",
        "created": fake.now(),
        "customer": id,
        "ending_balance": stored["balance"] + params["amount"],
        "livemode": False,
        "metadata": {},
        "type": "adjustment",
        **params,
    }
    balance_transactions(fake, id)[made["id"]] = made
    fake.change("customers", id, {"balance": made["ending_balance"]})
    return made


def add_tax_id(fake: StripeMutations, id: str, params: Data) -> Data:
    check_names("customers/{id}/tax_ids", params)
    fake.found(fake.objects["customers"], id)
    if params["type"] == "eu_vat" and not params["value"][:2].isalpha():
        raise Refused(400, "Invalid value for eu_vat.", code="tax_id_invalid")
    made = objects.bare(
        "tax_id",
        f"txi_{next(fake.numbers)}",
        created=fake.now(),
        country=params["value"][:2],
        customer=id,
        owner={"type": "customer", "customer": id},
        verification={"status": "pending"},
        **params,
    )
    return fake.store(fake.current.others.setdefault("tax_ids", {}), made, "customer.tax_id")


def open_portal(fake: StripeMutations, params: Data) -> Data:
    check_names("billing_portal/sessions", params)
    fake.found(fake.objects["customers"], params["customer"], 400)
    if "return_url" in params:
        check_url("return_url", params["return_url"])
    number = next(fake.numbers)
    made = {
        "id": f"bps_{number}",
        "object": "billing_portal.session",
        "created": fake.now(),
        "livemode": False,
        "url": fake.page_url("billing.stripe.com", f"/p/session/test_{number}"),
        **params,
    }
    fake.current.portals[f"test_{number}"] = made
    return made
