"""Objects in a list inside another one that have events of their own: an invoice's payments."""

import pytest

from stripe_integrations import conf
from stripe_integrations.actions import MIRRORED
from stripe_integrations.signals import mirror_changed
from stripe_integrations.testing import objects
from tests.commands.test_remap import run as remap

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["statements", "instances"])
def way(request):
    """Write by statements, and through instances, since somebody listens."""

    def hear(**_kwargs):
        """Be there."""

    model = conf.model("InvoicePayment")
    if request.param == "instances":
        mirror_changed.connect(hear, sender=model)
    yield request.param
    mirror_changed.disconnect(hear, sender=model)


def payment(id="inpay_1", **values):
    return {
        "id": id,
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": 1050,
        "created": objects.NOW - 2000,
        "currency": "usd",
        "invoice": "in_1",
        "is_default": True,
        "livemode": False,
        "payment": {"type": "payment_intent", "payment_intent": "pi_1"},
        "status": "open",
        **values,
    }


def listed(*payments, has_more=False):
    return {"object": "list", "data": list(payments), "has_more": has_more}


def invoice(**values):
    own = {"id": "in_1", "object": "invoice", "created": objects.NOW - 2000, "livemode": False}
    return {**own, "customer": "cus_1", "status": "open", **values}


def event(kind, data, at=0, **extra):
    return objects.event(kind, data, created=objects.NOW - 1000 + at, **extra)


def rows(**filters):
    found = conf.model("InvoicePayment").objects.filter(**filters).order_by("pk")
    return {row.pk: (row.status, row.is_deleted) for row in found}


def test_event_of_a_payment_fills_its_links(deliver):
    deliver(event("invoice_payment.paid", payment(status="paid")))
    row = conf.model("InvoicePayment").objects.get()
    assert (row.payment_type, row.payment_intent_id, row.charge_id) == (
        "payment_intent",
        "pi_1",
        None,
    )
    by_charge = payment("inpay_2", payment={"type": "charge", "charge": "ch_1"})
    deliver(event("invoice_payment.paid", by_charge))
    row = conf.model("InvoicePayment").objects.get(pk="inpay_2")
    assert (row.payment_type, row.payment_intent_id, row.charge_id) == ("charge", None, "ch_1")


def test_payments_in_an_invoice_have_rows(way, deliver):
    data = invoice(payments=listed(payment(), payment("inpay_2", status="paid")))
    deliver(event("invoice.created", data))
    assert rows(invoice="in_1", payment_intent="pi_1") == {
        "inpay_1": ("open", False),
        "inpay_2": ("paid", False),
    }
    later = invoice(payments=listed(payment("inpay_2", status="canceled")))
    deliver(event("invoice.updated", later, at=100))
    assert rows() == {"inpay_1": ("open", True), "inpay_2": ("canceled", False)}


def test_invoice_without_payments_leaves_the_rows_alone(way, deliver):
    deliver(event("invoice.created", invoice(payments=listed(payment()))))
    deliver(event("invoice.updated", invoice(status="paid"), at=100))
    assert rows() == {"inpay_1": ("open", False)}


def test_payments_of_a_deleted_draft_are_deleted(way, deliver):
    deliver(event("invoice.created", invoice(payments=listed(payment()))))
    deliver(event("invoice.deleted", invoice(payments=listed(payment())), at=100))
    assert rows() == {"inpay_1": ("open", True)}


@pytest.mark.parametrize("order", [1, -1])
def test_newer_event_of_a_payment_stands_whatever_arrives_first(way, deliver, order):
    messages = [
        event("invoice.updated", invoice(payments=listed(payment())), at=50),
        event("invoice_payment.paid", payment(status="paid"), at=100),
    ]
    deliver(*messages[::order])
    assert rows() == {"inpay_1": ("paid", False)}
    assert conf.model("Invoice").objects.get().status == "open"


def test_older_list_deletes_no_newer_payment(way, deliver):
    deliver(event("invoice_payment.paid", payment(status="paid"), at=100))
    deliver(event("invoice.updated", invoice(payments=listed()), at=50))
    assert rows() == {"inpay_1": ("paid", False)}


def test_payment_that_cannot_be_ordered_is_read(deliver, stripe_api):
    stripe_api.current.others["invoice_payments"] = {"inpay_1": payment(status="canceled")}
    deliver(event("invoice_payment.paid", payment(status="paid"), at=50))
    deliver(event("invoice.updated", invoice(payments=listed(payment())), at=51))
    assert rows() == {"inpay_1": ("canceled", False)}
    assert [each.path for each in stripe_api.requests] == ["/v1/invoice_payments/inpay_1"]


def test_read_of_an_invoice_writes_its_payments_to_the_last_one(deliver, stripe_api):
    whole = {f"inpay_{number}": payment(f"inpay_{number}") for number in range(12)}
    first = listed(*list(whole.values())[:10], has_more=True)
    stripe_api.objects["invoices"]["in_1"] = invoice(payments=first, metadata={})
    stripe_api.current.others["invoice_payments"] = whole
    MIRRORED["invoice"].retrieve("in_1")
    assert rows() == dict.fromkeys(sorted(whole), ("open", False))


def test_payment_of_another_account_is_left(way, deliver):
    deliver(event("invoice_payment.paid", payment(status="paid")))
    forged = invoice(id="in_2", payments=listed(payment(status="canceled", invoice="in_2")))
    deliver(event("invoice.created", forged, at=100, account="acct_1"))
    assert rows(account=None) == {"inpay_1": ("paid", False)}
    assert not rows(account="acct_1")


@pytest.mark.parametrize("odd", [None, 5, "inpay_0", {}, {"id": None}, {"id": ["inpay_0"]}, []])
def test_payment_without_an_id_is_left_out(deliver, odd):
    deliver(event("invoice.created", invoice(payments=listed(odd, payment()))))
    assert rows() == {"inpay_1": ("open", False)}


def test_payments_that_mirror_leaves_out_have_no_rows(deliver, settings):
    mirror = {"invoice_payment": False}
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "MIRROR": mirror}
    deliver(event("invoice.created", invoice(payments=listed(payment()))))
    assert rows() == {}
    assert conf.model("Invoice").objects.exists()


def test_remap_adds_the_payments_of_stored_invoices(deliver, stripe_api):
    deliver(event("invoice.created", invoice(payments=listed(payment()))))
    before = conf.model("InvoicePayment").objects.values().get()
    conf.model("InvoicePayment").objects.all().delete()
    assert "invoice: 0 moved, 1 of 1 filled." in remap("invoice")
    assert conf.model("InvoicePayment").objects.values().get() == before
    assert "invoice: 0 moved, 0 of 1 filled." in remap("invoice")
    assert stripe_api.requests == []
