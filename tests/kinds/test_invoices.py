from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from django.utils import timezone as django_timezone

from stripe_integrations import conf, kinds
from stripe_integrations.mirror import mapping
from stripe_integrations.mirror.sync import sync
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import MirrorWebhook


def columns(name, **data):
    return mapping.mapped_values(conf.model(name), data, None)


def rows(name):
    return conf.model(name).objects


def time(value):
    return datetime.fromtimestamp(value, tz=timezone.utc)


def invoice(id="in_1", **values):
    return {
        "id": id,
        "object": "invoice",
        "amount_due": 1190,
        "created": objects.NOW,
        "currency": "usd",
        "customer": "cus_1",
        "livemode": False,
        "parent": {"subscription_details": {"subscription": "sub_1"}},
        "status": "open",
        "total": 1190,
        **values,
    }


def payments(*given):
    """Return the list of an invoice's payments, by payment intent and whether it is the default."""
    data = [
        {"payment": {"type": "payment_intent", "payment_intent": id}, "is_default": default}
        for id, default in given
    ]
    return {"object": "list", "data": data}


def line_of_2018():
    """Return a line with the id of its subscription, as they were then."""
    return {
        "id": "sub_1",
        "object": "line_item",
        "amount": 999,
        "period": {"start": objects.NOW, "end": objects.NOW + 60},
        "plan": {"id": "gold", "object": "plan", "amount": 999, "product": "prod_1"},
        "subscription_item": "si_1",
    }


@pytest.mark.django_db
class TestStored:
    def test_invoice(self):
        row = sync(kinds.INVOICE, invoice(), None)
        assert rows("Invoice").get() == row
        assert (row.customer_id, row.subscription_id) == ("cus_1", "sub_1")
        assert row.total_money == Decimal("11.90")

    def test_invoice_without_an_id_is_not(self):
        for upcoming in (invoice(id=None), {"object": "invoice", "customer": "cus_1"}):
            assert sync(kinds.INVOICE, upcoming, None) is None
        assert not rows("Invoice").exists()

    def test_line_with_the_price_of_a_plan_of_2018(self):
        row = sync(kinds.INVOICE_LINE_ITEM, line_of_2018(), None)
        assert (row.price_id, row.product_id) == ("gold", "prod_1")
        assert (row.unit_amount_decimal, row.subscription_item_id) == (999, "si_1")
        assert row.period_end == time(objects.NOW + 60)

    def test_payment(self):
        data = {
            "id": "inpay_1",
            "object": "invoice_payment",
            "amount_paid": 500,
            "currency": "jpy",
            "invoice": {"id": "in_1", "object": "invoice"},
            "is_default": True,
            "payment": {"type": "payment_intent", "payment_intent": "pi_1"},
            "status": "paid",
            "status_transitions": {"paid_at": objects.NOW, "canceled_at": None},
        }
        row = sync(kinds.INVOICE_PAYMENT, data, None)
        assert (row.invoice_id, row.payment_type, row.paid_at) == (
            "in_1",
            "payment_intent",
            time(objects.NOW),
        )
        assert row.amount_paid_money == 500
        assert (row.payment_intent_id, row.charge_id) == ("pi_1", None)

    def test_invoice_item(self):
        data = {
            "id": "ii_1",
            "object": "invoiceitem",
            "amount": -500,
            "currency": "usd",
            "customer": "cus_1",
            "date": objects.NOW,
            "discountable": False,
            "plan": "gold",
            "proration": True,
        }
        row = sync(kinds.INVOICE_ITEM, data, None)
        assert (row.created, row.price_id, row.proration) == (time(objects.NOW), "gold", True)
        assert row.amount_money == Decimal("-5.00")

    def test_credit_note(self):
        data = {
            "id": "cn_1",
            "object": "credit_note",
            "amount": 2**40,
            "created": objects.NOW,
            "currency": "usd",
            "customer": {"id": "cus_1", "object": "customer", "deleted": True},
            "invoice": "in_1",
            "lines": [],
            "pdf": "https://pay.stripe.com/" + "x" * 500,
            "refunds": [{"amount_refunded": 5, "refund": {"id": "re_1", "object": "refund"}}],
            "status": "issued",
        }
        row = sync(kinds.CREDIT_NOTE, data, None)
        assert (row.customer_id, row.invoice_id, row.amount) == ("cus_1", "in_1", 2**40)
        assert (row.pdf, row.refund_id) == (data["pdf"], "re_1")


@pytest.mark.django_db(transaction=True)
def test_invoice_of_a_posted_event_is_stored(poster, own_registry):
    class InvoiceUpdated(MirrorWebhook):
        name = "invoice.updated"

    odd = invoice(lines=[], discounts=[], total_taxes=[], status_transitions=[], metadata=[])
    assert poster.event(objects.event("invoice.updated", odd)) == 200
    row = rows("Invoice").get()
    assert (row.subscription_id, row.total, row.paid_at) == ("sub_1", 1190, None)
    assert row.stripe_data == odd


class TestInvoice:
    @pytest.mark.parametrize(
        ("data", "status"),
        [
            ({"status": "void", "paid": True}, "void"),
            ({"closed": True, "forgiven": False, "paid": True}, "paid"),
            ({"closed": True, "forgiven": True, "paid": False}, "uncollectible"),
            ({"closed": False, "forgiven": False, "paid": False, "attempted": True}, "open"),
            ({"status": None, "paid": False, "attempted": False}, None),
        ],
    )
    def test_status_of_an_invoice_of_2018(self, data, status):
        assert columns("Invoice", **data).get("status") == status

    @pytest.mark.parametrize(
        ("data", "tax"),
        [
            ({"tax": 190, "total_taxes": [{"amount": 5}]}, 190),
            ({"total_taxes": [{"amount": 100}, {"amount": 90}]}, 190),
            ({"total_taxes": [{"amount": 0}]}, 0),
            ({"tax": None, "total_tax_amounts": []}, None),
            ({"total_taxes": []}, None),
            ({"total_taxes": None}, None),
            ({"total_taxes": {}}, None),
            ({"total_taxes": "x"}, None),
            ({"total_taxes": [None]}, None),
            ({"total_taxes": [{"amount": 100}, {}]}, None),
        ],
    )
    def test_tax(self, data, tax):
        assert columns("Invoice", **data).get("tax") == tax

    @pytest.mark.parametrize(
        ("data", "charge", "intent"),
        [
            ({"charge": "ch_1", "payment_intent": {"id": "pi_1"}}, "ch_1", "pi_1"),
            ({"payments": payments(("pi_1", False), ("pi_2", True))}, None, "pi_2"),
            ({"payments": payments(("pi_1", None), ("pi_2", None))}, None, "pi_1"),
            ({"payments": {"data": [{"payment": {"charge": "py_1"}}]}}, "py_1", None),
            ({"payments": payments()}, None, None),
            ({"payments": []}, None, None),
            ({"payments": {"data": {}}}, None, None),
            ({"payments": {"data": [None, {"payment": []}]}}, None, None),
        ],
    )
    def test_payment_of_an_invoice(self, data, charge, intent):
        found = columns("Invoice", **data)
        assert (found.get("charge_id"), found.get("payment_intent_id")) == (charge, intent)

    def test_deleted_stub_leaves_the_columns_alone(self):
        assert columns("Invoice", id="in_1", object="invoice", deleted=True) == {}

    def test_former_names(self):
        found = columns(
            "Invoice", date=5, billing="send_invoice", application_fee=7, finalized_at=9
        )
        assert found == {
            "application_fee_amount": 7,
            "collection_method": "send_invoice",
            "created": time(5),
            "finalized_at": time(9),
        }

    def test_discount_without_an_id_is_null(self):
        found = columns("Invoice", discount={"object": "discount", "coupon": {"id": "X"}})
        assert found == {"discount_id": None}


@pytest.mark.django_db
class TestQueries:
    def test_open_and_paid(self):
        for status in ("draft", "open", "paid", "uncollectible", "void", None):
            rows("Invoice").create(id=f"in_{status}", status=status)
        gone = django_timezone.now() - timedelta(days=1)
        rows("Invoice").create(id="in_gone", status="open", deleted_at=gone)
        assert rows("Invoice").open().get().pk == "in_open"
        assert rows("Invoice").paid().get().pk == "in_paid"

    def test_reverse_names(self):
        invoice = rows("Invoice").create(id="in_1", subscription_id="sub_1", customer_id="cus_1")
        line = rows("InvoiceLineItem").create(id="il_1", invoice=invoice)
        payment = rows("InvoicePayment").create(id="inpay_1", invoice=invoice)
        item = rows("InvoiceItem").create(id="ii_1", invoice=invoice)
        note = rows("CreditNote").create(id="cn_1", invoice=invoice)
        assert list(invoice.lines.all()) == [line]
        assert list(invoice.payments.all()) == [payment]
        assert list(invoice.invoice_items.all()) == [item]
        assert list(invoice.credit_notes.all()) == [note]
        assert rows("Subscription").create(id="sub_1").invoices.get() == invoice
        assert rows("Customer").create(id="cus_1").invoices.get() == invoice
