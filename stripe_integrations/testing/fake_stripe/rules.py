"""The fake Stripe's billing and payments: which parameters it takes, and who answers."""

from __future__ import annotations

from typing import Any

from stripe_integrations.testing.fake_stripe import catalog, invoices, payments, sdk_parameters
from stripe_integrations.testing.fake_stripe.keeping import object_at
from stripe_integrations.testing.fake_stripe.mutations import StripeMutations

Data = dict[str, Any]

#: The resource and what follows an object's id -> the SDK's class, and its name for the verb.
VERBS: dict[tuple[str, str | None], tuple[str, str]] = {
    ("coupons", None): ("Coupon", "Create"),
    ("coupons", ""): ("Coupon", "Modify"),
    ("credit_notes", None): ("CreditNote", "Create"),
    ("credit_notes", ""): ("CreditNote", "Modify"),
    ("credit_notes", "void"): ("CreditNote", "VoidCreditNote"),
    ("invoiceitems", None): ("InvoiceItem", "Create"),
    ("invoiceitems", ""): ("InvoiceItem", "Modify"),
    ("invoices", None): ("Invoice", "Create"),
    ("invoices", ""): ("Invoice", "Modify"),
    ("invoices", "finalize"): ("Invoice", "FinalizeInvoice"),
    ("invoices", "mark_uncollectible"): ("Invoice", "MarkUncollectible"),
    ("invoices", "pay"): ("Invoice", "Pay"),
    ("invoices", "send"): ("Invoice", "SendInvoice"),
    ("invoices", "void"): ("Invoice", "VoidInvoice"),
    ("meter_events", None): ("billing.MeterEvent", "Create"),
    ("meters", None): ("billing.Meter", "Create"),
    ("meters", ""): ("billing.Meter", "Modify"),
    ("meters", "deactivate"): ("billing.Meter", "Deactivate"),
    ("meters", "reactivate"): ("billing.Meter", "Reactivate"),
    ("prices", None): ("Price", "Create"),
    ("prices", ""): ("Price", "Modify"),
    ("products", None): ("Product", "Create"),
    ("products", ""): ("Product", "Modify"),
    ("promotion_codes", None): ("PromotionCode", "Create"),
    ("promotion_codes", ""): ("PromotionCode", "Modify"),
    **payments.VERBS,
}


def respond(fake: StripeMutations, method: str, parts: list[str], params: Data) -> Data | None:
    """Answer for what has rules of its own; None leaves it to the rest of the fake."""
    name, *rest = parts[1:] if parts[0] == "billing" else parts
    if method == "GET" and parts == ["credit_notes", "preview"]:
        sdk_parameters.check_sdk_names("CreditNote", "Preview", params)
        return invoices.build_note(fake, sdk_parameters.numbers(params), "cn_preview")
    if method == "POST" and parts == ["invoices", "create_preview"]:
        if "subscription" in params:
            return None
        sdk_parameters.check_sdk_names("Invoice", "CreatePreview", params)
        return invoices.preview_pending(fake, params)
    if method == "DELETE" and len(rest) == 1 and name in DELETIONS:
        return DELETIONS[name](fake, rest[0])
    verb = None if not rest else rest[1] if len(rest) == 2 else ""
    if method != "POST" or (name, verb) not in VERBS or len(rest) > 2:
        return None
    sdk_parameters.check_sdk_names(*VERBS[name, verb], params)
    params = sdk_parameters.numbers(params)
    if name in payments.NAMES:
        return payments.respond(fake, name, rest, params)
    if verb is None:
        return CREATIONS[name](fake, params)
    if name in ("coupons", "prices", "products"):
        return None  # the parameters were what there is to check
    resource = f"billing/{name}" if name == "meters" else name
    return CHANGES[name](fake, object_at(fake, resource, rest[0]), verb, params)


CREATIONS = {**catalog.CREATIONS, **invoices.CREATIONS}
CHANGES = {**catalog.CHANGES, **invoices.CHANGES}
DELETIONS = {**catalog.DELETIONS, **invoices.DELETIONS}
