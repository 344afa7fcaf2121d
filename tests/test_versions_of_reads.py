"""An endpoint of another API version than the SDK's: events and answers give the same columns.

Events are never expanded; what an answer shows only if expanded, such as the payments of an
invoice, the fake Stripe leaves out unless it is asked.
"""

import io

import pytest
from django.core.management import call_command

from stripe_integrations import conf, kinds
from stripe_integrations.actions import StripeInvoice
from stripe_integrations.mirror import mapping
from stripe_integrations.testing import objects
from stripe_integrations.testing.fake_stripe import expanding as fake_expanding

pytestmark = pytest.mark.django_db(transaction=True)


def old_subscription(**values):
    """Return it as rendered until acacia: with its period, and one discount as an object."""
    data = objects.subscription(**values)
    period = {name: data["items"]["data"][0].pop(f"current_period_{name}") for name in BOUNDS}
    period = {f"current_period_{name}": value for name, value in period.items()}
    return {**data, **period, "discount": {"id": "di_1", "object": "discount"}}


def new_subscription(**values):
    """Return it as rendered since basil: each item has its period."""
    return {**objects.subscription(**values), "discounts": ["di_1"]}


def old_invoice(**values):
    """Return it as rendered until acacia."""
    own = {"charge": "ch_1", "payment_intent": "pi_1", "subscription": "sub_1", "tax": 19}
    return objects.build("invoice", "in_1", **INVOICE, **own, **values)


def new_invoice(**values):
    """Return it as Stripe has it since basil.

    What was an attribute is below `parent`, or in a list that only an answer shows.
    """
    payment = {"charge": "ch_1", "payment_intent": "pi_1", "type": "payment_intent"}
    paid = {"id": "inpay_1", "object": "invoice_payment", "is_default": True, "payment": payment}
    own = {
        "parent": {"subscription_details": {"subscription": "sub_1"}},
        "payments": {"object": "list", "data": [paid], "has_more": False},
        "total_taxes": [{"amount": 12}, {"amount": 7}],
    }
    return objects.build("invoice", "in_1", **INVOICE, **own, **values)


BOUNDS = ("start", "end")
#: Kind -> the columns that an event since basil cannot fill.
ONLY_READ = {"invoice": {"charge_id": "ch_1", "payment_intent_id": "pi_1"}}
INVOICE = {"currency": "eur", "customer": "cus_1", "status": "paid", "total": 119}
#: Kind -> its resource, how the one version renders an object and how the other one does, and what
#: the columns hold.
RENDERED = {
    "invoice": (
        "invoices",
        old_invoice,
        new_invoice,
        {"charge_id": "ch_1", "payment_intent_id": "pi_1", "subscription_id": "sub_1", "tax": 19},
    ),
    "subscription": (
        "subscriptions",
        old_subscription,
        new_subscription,
        {"discount_id": "di_1", "price_id": "price_1", "quantity": 1},
    ),
}


def columns(kind):
    """Return what Stripe says of the only object of a kind, and delete its row."""
    row = conf.model(kinds.MIRRORED[kind].model).objects.get()
    assert not row.in_doubt
    row.delete()
    return {each.attname: getattr(row, each.attname) for each in mapping.mapped_columns(type(row))}


@pytest.mark.parametrize("kind", RENDERED)
@pytest.mark.parametrize("endpoint_is_older", [True, False], ids=["older", "newer"])
def test_read_and_event_of_one_object_give_the_same_columns(
    stripe_api, deliver, kind, endpoint_is_older
):
    resource, old, new, expected = RENDERED[kind]
    of_event, of_api = (old, new) if endpoint_is_older else (new, old)

    def tell(verb, seconds, **values):
        name = f"{objects.prefix(kind)}.{verb}"
        data = fake_expanding.without_expandable(of_event(**values))
        deliver(objects.event(name, data, created=objects.NOW - 600 + seconds))

    before, after = {"metadata": {"n": "1"}}, {"metadata": {"n": "2"}}
    tell("updated", 0, **before)
    tell("updated", 60, **after)
    by_events = columns(kind)
    assert stripe_api.requests == []

    answer = of_api(**after)
    stripe_api.objects[resource][answer["id"]] = answer
    tell("updated", 0, **before)
    tell("updated", 1, metadata={"n": "of the same second"})
    assert [each.method for each in stripe_api.requests] == ["GET"]
    by_read = columns(kind)

    # What an event cannot show is told by the read alone.
    only_read = {} if endpoint_is_older else ONLY_READ.get(kind, {})
    assert by_events == {**by_read, **dict.fromkeys(only_read)}
    assert {name: by_read[name] for name in expected} == expected
    assert {name: by_read[name] for name in only_read} == only_read


class TestPayments:
    """The payments of an invoice, which Stripe shows since basil if they are expanded."""

    @pytest.fixture
    def invoice(self, stripe_api):
        data = stripe_api.objects["invoices"]["in_1"] = new_invoice()
        return data

    def event(self, seconds, **values):
        data = fake_expanding.without_expandable(new_invoice(**values))
        return objects.event("invoice.updated", data, created=objects.NOW + seconds)

    def test_retrieve_and_list_of_invoices_tell_who_paid(self, stripe_api, invoice):
        for read in (lambda: StripeInvoice.retrieve("in_1"), StripeInvoice.sync_all):
            read()
            row = conf.model("Invoice").objects.get()
            assert (row.payment_intent_id, row.charge_id) == ("pi_1", "ch_1")
            assert row.stripe_data == invoice
            row.delete()
        asked = [each.params["expand"] for each in stripe_api.requests if "expand" in each.params]
        assert asked == [["payments"], ["data.payments"]]

    def test_event_leaves_what_only_a_read_tells(self, stripe_api, deliver, invoice):
        stripe_api.offset = -7200
        StripeInvoice.retrieve("in_1")
        deliver(self.event(0, description="Later"))
        row = conf.model("Invoice").objects.get()
        assert (row.description, row.payment_intent_id) == ("Later", "pi_1")

    def test_event_that_says_what_was_read_needs_no_other_read(self, stripe_api, deliver, invoice):
        stripe_api.clock = objects.NOW
        StripeInvoice.retrieve("in_1")
        deliver(self.event(0))
        assert len(stripe_api.requests) == 1
        assert not conf.model("Invoice").objects.get().in_doubt

    def test_list_that_tells_more_than_the_event_is_written(self, stripe_api, deliver, invoice):
        deliver(self.event(0))
        assert conf.model("Invoice").objects.get().payment_intent_id is None
        StripeInvoice.sync_all()
        assert conf.model("Invoice").objects.get().payment_intent_id == "pi_1"

    def test_verify_fixes_what_no_event_told(self, stripe_api, deliver, invoice):
        deliver(self.event(0))
        out = io.StringIO()
        call_command("stripe_verify", "invoice", "--fix", stdout=out)
        assert conf.model("Invoice").objects.get().payment_intent_id == "pi_1"

    @pytest.mark.parametrize(
        ("version", "is_expanded"),
        [
            ("2020-08-27", False),
            ("2025-02-24.acacia", False),
            ("2025-03-31.basil", True),
            ("2026-09-30.endive", True),
        ],
    )
    def test_api_version_without_payments_is_not_asked_to_expand_them(
        self, stripe_api, settings, version, is_expanded
    ):
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "API_VERSION": version}
        stripe_api.objects["invoices"]["in_1"] = old_invoice()
        assert StripeInvoice.retrieve("in_1").payment_intent_id == "pi_1"
        assert StripeInvoice.sync_all() == 1
        assert [("expand" in each.params) for each in stripe_api.requests] == [is_expanded] * 2
