from decimal import Decimal

import pytest
import stripe

from stripe_integrations.actions import (
    StripeCreditNote,
    StripeCustomer,
    StripeInvoice,
    StripeInvoiceItem,
    StripePrice,
)
from stripe_integrations.testing.fake_stripe.payments import DECLINED
from tests.actions.at_stripe import held, make
from tests.actions.cases_of_invoices import credit_note, draft, finalized, item, paid, payable
from tests.actions.verb_case import customer, user

pytestmark = pytest.mark.django_db(transaction=True)


def status():
    return StripeInvoice.model().objects.get().status


def test_draft_becomes_a_paid_invoice(stripe_api):
    ada = user()
    StripeCustomer.create(ada)
    row = StripeInvoice.create(ada, metadata={"order": "1"})
    StripeInvoiceItem.create(ada, Decimal("10.50"), "usd", invoice=row)
    StripeInvoice.finalize(row)
    assert (row.status, row.total, bool(row.number)) == ("open", 1050, True)
    StripeInvoice.pay(row, paid_out_of_band=True)
    assert (row.status, row.amount_paid, row.amount_remaining) == ("paid", 1050, 0)
    assert row.paid_at is not None
    assert list(StripeInvoice.of(ada)) == StripeInvoice.sync_of(ada) == [row]


@pytest.mark.parametrize(
    ("verb", "prepare"),
    [
        ("finalize", finalized),
        ("pay", paid),
        ("void", draft),
        ("void", paid),
        ("mark_uncollectible", draft),
        ("mark_uncollectible", paid),
        ("delete", finalized),
        ("send", finalized),
    ],
)
def test_verb_that_the_status_does_not_allow_is_refused(stripe_api, verb, prepare):
    row = prepare(stripe_api)
    before = row.status
    with pytest.raises(stripe.InvalidRequestError):
        getattr(StripeInvoice, verb)(row)
    assert (status(), row.status, row.is_deleted) == (before, before, False)


def test_declined_card_leaves_the_invoice_open(stripe_api):
    row = payable(stripe_api)
    with pytest.raises(stripe.CardError):
        StripeInvoice.pay(row, payment_method=DECLINED)
    assert status() == "open"


def test_deleted_draft_is_marked_and_deleted_once(stripe_api):
    row = draft(stripe_api)
    assert StripeInvoice.delete(row).is_deleted
    assert row.is_deleted
    assert StripeInvoice.delete(row.pk) == row
    with pytest.raises(stripe.InvalidRequestError):
        StripeInvoice.delete("in_none")


def test_void_invoice_is_not_handed_out_again(stripe_api):
    owner = customer(stripe_api)
    first = StripeInvoice.create(owner)
    assert StripeInvoice.create(owner) == first
    make(stripe_api, "invoiceitems", customer=owner.pk, amount=1, currency="usd", invoice=first.pk)
    StripeInvoice.void(StripeInvoice.finalize(first))
    assert StripeInvoice.create(owner) != first


def test_pdf_is_read_where_the_row_does_not_say(stripe_api):
    row = draft(stripe_api)
    assert StripeInvoice.pdf_url(row) is None
    make(stripe_api, f"invoices/{row.pk}/finalize")
    url = StripeInvoice.pdf_url(row)
    assert url == f"https://pay.stripe.example/invoice/{row.pk}/pdf"
    stripe_api.requests.clear()
    assert StripeInvoice.pdf_url(row.pk) == url
    assert stripe_api.requests == []


def test_preview_of_the_next_invoice_is_a_dict_that_is_stored_nowhere(stripe_api):
    owner = customer(stripe_api)
    StripeInvoiceItem.create(owner, 700, "usd")
    found = StripeInvoice.upcoming(owner)
    assert (type(found), found["object"], found["total"]) == (dict, "invoice", 700)
    StripeInvoiceItem.create(owner, 300, "usd")
    assert StripeInvoice.upcoming(owner)["total"] == 1000
    assert not StripeInvoice.model().objects.exists()


@pytest.mark.parametrize(
    ("version", "told"),
    [
        ("2025-03-31.basil", {"pricing": {"price": "price_gold"}}),
        ("2025-02-24.acacia", {"price": "price_gold"}),
    ],
)
def test_price_of_an_item_is_named_as_the_api_version_wants_it(
    stripe_api, settings, monkeypatch, version, told
):
    owner = customer(stripe_api)
    stripe_api.create("prices", {"id": "price_gold", "unit_amount": 500})
    price = StripePrice.retrieve("price_gold")
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "API_VERSION": version}
    monkeypatch.setattr(
        "stripe_integrations.testing.fake_stripe.sdk_parameters.check_sdk_names",
        lambda *_args: None,
    )
    row = StripeInvoiceItem.create(owner, price=price, quantity=2)
    assert row.amount == 1000
    (sent,) = [each for each in stripe_api.requests if each.path == "/v1/invoiceitems"]
    assert {name: sent.params.get(name) for name in told} == told
    assert ("price" in sent.params) is (told.keys() == {"price"})


def test_item_without_an_amount_or_a_price_is_refused(stripe_api):
    with pytest.raises(stripe.InvalidRequestError, match="amount or a price"):
        StripeInvoiceItem.create(customer(stripe_api))
    assert not StripeInvoiceItem.model().objects.exists()


def test_item_of_a_finalized_invoice_is_not_changed_or_deleted(stripe_api):
    row = item(stripe_api)
    (id,) = held("invoices", "id")(stripe_api)
    make(stripe_api, f"invoices/{id}/finalize")
    for call in (StripeInvoiceItem.update, StripeInvoiceItem.delete):
        with pytest.raises(stripe.InvalidRequestError) as error:
            call(row)
        assert error.value.code == "invoice_not_editable"


def test_item_is_changed_in_its_own_currency(stripe_api):
    row = item(stripe_api)
    assert StripeInvoiceItem.update(row, Decimal("-2.50")).amount == row.amount == -250


def test_more_than_the_invoice_is_not_credited(stripe_api):
    row = finalized(stripe_api)
    with pytest.raises(stripe.InvalidRequestError, match="more than"):
        StripeCreditNote.create(row, 1001)
    assert not StripeCreditNote.model().objects.exists()


def test_preview_of_a_credit_note_is_stored_nowhere(stripe_api):
    row = finalized(stripe_api)
    found = StripeCreditNote.preview(row, Decimal("4.00"))
    assert (found["object"], found["total"], found["status"]) == ("credit_note", 400, "issued")
    assert held("credit_notes", "id")(stripe_api) == []
    assert not StripeCreditNote.model().objects.exists()


def test_amounts_of_a_credit_note_are_in_the_currency_of_an_invoice_without_a_row(stripe_api):
    id = paid(stripe_api).pk
    StripeInvoice.model().objects.all().delete()
    parts = {"credit_amount": Decimal("3.00"), "out_of_band_amount": 100}
    assert StripeCreditNote.create(id, Decimal("4.00"), **parts).total == 400


def test_void_credit_note_is_not_handed_out_again(stripe_api):
    row = credit_note(stripe_api)
    (invoice,) = held("invoices", "id")(stripe_api)
    first = StripeCreditNote.create(invoice, 100)
    assert StripeCreditNote.create(invoice, 100) == first
    StripeCreditNote.void(first)
    assert StripeCreditNote.create(invoice, 100) not in (first, row)
