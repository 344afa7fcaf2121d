"""The fake Stripe's invoices, invoice items and credit notes, with Stripe's rules."""

from __future__ import annotations

from typing import Any

from stripe_integrations.testing import objects
from stripe_integrations.testing.fake_stripe import payments
from stripe_integrations.testing.fake_stripe.keeping import (
    Change,
    Creation,
    Deletion,
    needed,
    object_at,
    objects_at,
    put,
    refuse,
    removed,
    updated,
)
from stripe_integrations.testing.fake_stripe.mutations import StripeMutations

Data = dict[str, Any]


def invoice_created(fake: StripeMutations, params: Data) -> Data:
    needed(fake, "customers", params.get("customer"))
    behavior = params.pop("pending_invoice_items_behavior", "exclude")
    made = objects.bare(
        "invoice",
        f"in_{next(fake.numbers)}",
        **{
            "created": fake.now(),
            "status": "draft",
            "currency": "usd",
            "collection_method": "charge_automatically",
            "number": None,
            "invoice_pdf": None,
            "hosted_invoice_url": None,
            "amount_paid": 0,
            "pre_payment_credit_notes_amount": 0,
            "status_transitions": {},
            **params,
        },
    )
    for item in list(objects_at(fake, "invoiceitems").values()):
        is_pending = item["invoice"] is None and item["customer"] == made["customer"]
        if behavior == "include" and is_pending:
            put(fake, "invoiceitems", {**item, "invoice": made["id"]}, "invoiceitem.updated")
    return put(fake, "invoices", totalled(fake, made), "invoice.created")


def totalled(fake: StripeMutations, data: Data) -> Data:
    """Return an invoice with the sums of its items."""
    items = [
        each for each in objects_at(fake, "invoiceitems").values() if each["invoice"] == data["id"]
    ]
    total = sum(each["amount"] for each in items)
    lines = [
        objects.bare("line_item", f"il_{each['id']}", amount=each["amount"], invoice=data["id"])
        for each in items
    ]
    sums = {"amount_due": total, "amount_remaining": total, "subtotal": total, "total": total}
    return {**data, **sums, "lines": {"object": "list", "data": lines, "has_more": False}}


def invoice_changed(fake: StripeMutations, stored: Data, verb: str, params: Data) -> Data:
    status = stored["status"]
    if verb == "":
        if status != "draft" and params.keys() - {"metadata"}:
            refuse("Finalized invoices can't be updated in this way", "invoice_not_editable")
        return updated(fake, "invoices", stored, params, "invoice.updated")
    if verb == "finalize":
        if status != "draft":
            refuse("This invoice is already finalized, you can't re-finalize it.")
        return finalized(fake, stored)
    if verb == "send":
        if stored["collection_method"] != "send_invoice":
            refuse("You can only manually send an invoice if its collection method is to send it.")
        if status not in ("draft", "open"):
            refuse("You can only send open invoices.")
        sent = finalized(fake, stored) if status == "draft" else stored
        fake.tell("invoice.sent", sent)
        return sent
    if verb == "pay":
        return paid(fake, stored, params)
    allowed = {"void": ("open", "uncollectible"), "mark_uncollectible": ("open",)}[verb]
    if status not in allowed:
        refuse("You can only pass in open invoices. This invoice isn't open.")
    ended = {"void": "void", "mark_uncollectible": "uncollectible"}[verb]
    at = {"void": "voided_at", "mark_uncollectible": "marked_uncollectible_at"}[verb]
    times = {**stored["status_transitions"], at: fake.now()}
    told = {"void": "invoice.voided", "mark_uncollectible": "invoice.marked_uncollectible"}[verb]
    return put(fake, "invoices", {**stored, "status": ended, "status_transitions": times}, told)


def finalized(fake: StripeMutations, stored: Data) -> Data:
    address = f"https://pay.stripe.example/invoice/{stored['id']}"
    told = {
        "number": f"ADA-{next(fake.numbers):04}",
        "hosted_invoice_url": address,
        "invoice_pdf": f"{address}/pdf",
        "status": "open" if stored["total"] else "paid",
        "status_transitions": {"finalized_at": fake.now()},
    }
    return put(fake, "invoices", {**stored, **told}, "invoice.finalized")


def paid(fake: StripeMutations, stored: Data, params: Data) -> Data:
    if stored["status"] == "paid":
        refuse("Invoice is already paid")
    if stored["status"] not in ("draft", "open", "uncollectible"):
        refuse("This invoice can no longer be paid.")
    if not params.get("paid_out_of_band"):
        customer = fake.objects["customers"][stored["customer"]]
        method = params.get("payment_method") or customer["invoice_settings"].get(
            "default_payment_method"
        )
        if not method:
            refuse("There is no `default_payment_method` set on this Customer or Invoice.")
        payments.charged(fake, method)
    if stored["status"] == "draft":
        stored = finalized(fake, stored)
    times = {**stored["status_transitions"], "paid_at": fake.now()}
    told = {"amount_paid": stored["total"], "amount_remaining": 0, "status": "paid"}
    return put(fake, "invoices", {**stored, **told, "status_transitions": times}, "invoice.paid")


def invoice_deleted(fake: StripeMutations, id: str) -> Data:
    stored = object_at(fake, "invoices", id)
    if stored["status"] != "draft":
        refuse("You can only delete draft invoices.", "invoice_not_editable")
    for item in list(objects_at(fake, "invoiceitems").values()):
        if item["invoice"] == id:
            del objects_at(fake, "invoiceitems")[item["id"]]
    return removed(fake, "invoices", stored)


def preview_pending(fake: StripeMutations, params: Data) -> Data:
    customer = params.get("customer")
    needed(fake, "customers", customer)
    pending = [
        each
        for each in objects_at(fake, "invoiceitems").values()
        if each["customer"] == customer and each["invoice"] is None
    ]
    total = sum(each["amount"] for each in pending)
    return objects.bare(
        "invoice", "upcoming_in_1", customer=customer, status="draft", amount_due=total, total=total
    )


# -- invoice items


def item_created(fake: StripeMutations, params: Data) -> Data:
    needed(fake, "customers", params.get("customer"))
    pricing = params.get("pricing") or {"price": params.pop("price", None)}
    if pricing.get("price"):
        price = needed(fake, "prices", pricing["price"])
        params["amount"] = price["unit_amount"] * params.get("quantity", 1)
        params["currency"] = price["currency"]
    elif "amount" not in params:
        refuse("You must pass an amount or a price.", "parameter_missing")
    elif not params.get("currency"):
        refuse("Missing required param: currency.", "parameter_missing")
    if params.get("invoice"):
        editable(needed(fake, "invoices", params["invoice"]))
    made = objects.bare(
        "invoiceitem", f"ii_{next(fake.numbers)}", **{"invoice": None, "date": fake.now(), **params}
    )
    put(fake, "invoiceitems", made, "invoiceitem.created")
    retotal(fake, made)
    return made


def editable(invoice: Data) -> None:
    if invoice["status"] != "draft":
        refuse("The invoice is no longer editable", "invoice_not_editable")


def retotal(fake: StripeMutations, item: Data) -> None:
    if item["invoice"]:
        before = object_at(fake, "invoices", item["invoice"])
        put(fake, "invoices", totalled(fake, before), "invoice.updated")


def item_changed(fake: StripeMutations, stored: Data, verb: str, params: Data) -> Data:
    if stored["invoice"]:
        editable(object_at(fake, "invoices", stored["invoice"]))
    changed = updated(fake, "invoiceitems", stored, params, "invoiceitem.updated")
    retotal(fake, changed)
    return changed


def item_deleted(fake: StripeMutations, id: str) -> Data:
    stored = object_at(fake, "invoiceitems", id)
    if stored["invoice"]:
        editable(object_at(fake, "invoices", stored["invoice"]))
    gone = removed(fake, "invoiceitems", stored)
    retotal(fake, stored)
    return gone


# -- credit notes


def build_note(fake: StripeMutations, params: Data, id: str) -> Data:
    """Return a credit note on a finalized invoice, of no more than is left to credit."""
    about = needed(fake, "invoices", params["invoice"])
    if about["status"] not in ("open", "paid"):
        refuse("Credit notes can only be created for open or paid invoices.")
    amount = params.get("amount")
    if amount is None:
        refuse("You must pass one of amount, lines, or shipping_cost.", "parameter_missing")
    if amount + about["pre_payment_credit_notes_amount"] > about["total"]:
        refuse("The credit note's total is more than what is left of the invoice.")
    parts = ("credit_amount", "out_of_band_amount", "refund_amount")
    if about["status"] == "paid" and sum(params.get(part, 0) for part in parts) != amount:
        refuse("The sum of credit_amount, refund_amount and out_of_band_amount must be the total.")
    return objects.bare(
        "credit_note",
        id,
        created=fake.now(),
        status="issued",
        currency=about["currency"],
        customer=about["customer"],
        total=amount,
        **params,
    )


def note_created(fake: StripeMutations, params: Data) -> Data:
    made = build_note(fake, params, f"cn_{next(fake.numbers)}")
    put(fake, "credit_notes", made, "credit_note.created")
    credited(fake, made, made["amount"])
    return made


def credited(fake: StripeMutations, made: Data, amount: int) -> None:
    """Let an open invoice be so much less, or more again."""
    about = object_at(fake, "invoices", made["invoice"])
    if about["status"] == "open":
        sums = {
            "amount_remaining": about["amount_remaining"] - amount,
            "pre_payment_credit_notes_amount": about["pre_payment_credit_notes_amount"] + amount,
        }
        put(fake, "invoices", {**about, **sums}, "invoice.updated")


def note_changed(fake: StripeMutations, stored: Data, verb: str, params: Data) -> Data:
    if verb == "":
        return updated(fake, "credit_notes", stored, params, "credit_note.updated")
    if stored["status"] == "void":
        refuse("This credit note is already void.")
    if object_at(fake, "invoices", stored["invoice"])["status"] != "open":
        refuse("You can only void credit notes of open invoices.")
    credited(fake, stored, -stored["amount"])
    return put(fake, "credit_notes", {**stored, "status": "void"}, "credit_note.voided")


CREATIONS: dict[str, Creation] = {
    "credit_notes": note_created,
    "invoiceitems": item_created,
    "invoices": invoice_created,
}
CHANGES: dict[str, Change] = {
    "credit_notes": note_changed,
    "invoiceitems": item_changed,
    "invoices": invoice_changed,
}
DELETIONS: dict[str, Deletion] = {"invoiceitems": item_deleted, "invoices": invoice_deleted}
