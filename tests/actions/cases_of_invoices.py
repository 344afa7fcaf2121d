"""The verbs of invoices, invoice items and credit notes."""

from stripe_integrations.actions import (
    StripeCreditNote,
    StripeCustomer,
    StripeInvoice,
    StripeInvoiceItem,
)
from tests.actions.at_stripe import held, make
from tests.actions.verb_case import VerbCase, customer


def at_stripe_alone(api, **params):
    """Return the id of a draft with one item, of which the mirror has no row."""
    id = make(api, "invoices", customer=customer(api).pk, **params)["id"]
    make(api, "invoiceitems", customer="cus_ada", amount=1000, currency="usd", invoice=id)
    return id


def draft(api, **params):
    """Return the row of a draft with one item."""
    return StripeInvoice.retrieve(at_stripe_alone(api, **params))


def draft_to_send(api):
    return draft(api, collection_method="send_invoice", days_until_due=30)


def finalized(api, *verbs, **params):
    """Return the row of an open invoice, or of what the verbs made of it."""
    id = at_stripe_alone(api)
    for verb in ("finalize", *verbs):
        make(api, f"invoices/{id}/{verb}", **(params if verb == "pay" else {}))
    return StripeInvoice.retrieve(id)


def payable(api):
    """Return the row of an open invoice of a customer who has a payment method."""
    row = finalized(api)
    api.create("payment_methods", {"id": "pm_1", "customer": "cus_ada"})
    settings = {"default_payment_method": "pm_1"}
    api.change("customers", "cus_ada", {"invoice_settings": settings})
    StripeCustomer.retrieve("cus_ada")
    return row


def paid(api):
    return finalized(api, "pay", paid_out_of_band=True)


def customer_with_draft(api):
    """Return the row of a customer who has a draft, `in_1`."""
    owner = customer(api)
    make(api, "invoices", customer=owner.pk)
    return owner


def item(api):
    """Return the row of an item of a draft's."""
    at_stripe_alone(api)
    (id,) = held("invoiceitems", "id")(api)
    return StripeInvoiceItem.retrieve(id)


def credit_note(api):
    """Return the row of a credit note of an open invoice, which has no row."""
    id = at_stripe_alone(api)
    make(api, f"invoices/{id}/finalize")
    return StripeCreditNote.retrieve(make(api, "credit_notes", invoice=id, amount=400)["id"])


def marks_and_rest(api):
    """Return what became of the credit notes, and what is left to pay of the invoices."""
    return held("credit_notes", "status")(api), held("invoices", "amount_remaining")(api)


def invoice_case(verb, prepare, expected, **values):
    """Return a case of a verb that leaves an invoice in a status."""
    at_stripe = values.pop("at_stripe", held("invoices", "status"))
    return VerbCase(StripeInvoice, verb, prepare, at_stripe, expected, **values)


CASES = [
    invoice_case("create", customer, ["draft"]),
    invoice_case(
        "update",
        draft,
        ["For Ada"],
        at_stripe=held("invoices", "description"),
        kwargs={"description": "For Ada"},
    ),
    invoice_case("finalize", draft, ["open"]),
    invoice_case("pay", payable, ["paid"]),
    invoice_case("pay", finalized, ["paid"], kwargs={"paid_out_of_band": True}, note="out of band"),
    invoice_case("send", draft_to_send, ["open"]),
    invoice_case("void", finalized, ["void"]),
    invoice_case("mark_uncollectible", finalized, ["uncollectible"]),
    invoice_case("delete", draft, []),
    VerbCase(
        StripeInvoiceItem,
        "create",
        customer_with_draft,
        held("invoiceitems", "amount", "invoice"),
        [(700, "in_1")],
        args=(700, "usd"),
        kwargs={"invoice": "in_1"},
    ),
    VerbCase(StripeInvoiceItem, "update", item, held("invoiceitems", "amount"), [800], args=(800,)),
    VerbCase(StripeInvoiceItem, "delete", item, held("invoices", "total"), [0]),
    VerbCase(
        StripeCreditNote,
        "create",
        paid,
        held("credit_notes", "total", "status"),
        [(400, "issued")],
        args=(400,),
        kwargs={"credit_amount": 400},
    ),
    VerbCase(
        StripeCreditNote,
        "update",
        credit_note,
        held("credit_notes", "memo"),
        ["Sorry"],
        kwargs={"memo": "Sorry"},
    ),
    VerbCase(
        StripeCreditNote,
        "void",
        credit_note,
        lambda api: (
            held("credit_notes", "status")(api),
            held("invoices", "amount_remaining")(api),
        ),
        (["void"], [1000]),
    ),
]
