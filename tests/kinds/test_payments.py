"""Payments, balance, files and identity: what any shape of an object gives."""

import json
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model

from stripe_integrations import conf, kinds
from stripe_integrations.mirror import fetch, listing, mapping, sync, write
from stripe_integrations.mirror.ordering import Snapshot
from stripe_integrations.models import StripeLink
from stripe_integrations.testing import objects
from tests.kinds import examples

pytestmark = pytest.mark.django_db

KINDS = (
    kinds.ACCOUNT,
    kinds.BALANCE_TRANSACTION,
    kinds.CHARGE,
    kinds.CHECKOUT_SESSION,
    kinds.DISPUTE,
    kinds.FILE,
    kinds.PAYMENT_INTENT,
    kinds.PAYMENT_LINK,
    kinds.PAYMENT_METHOD,
    kinds.PAYOUT,
    kinds.REFUND,
    kinds.SETUP_INTENT,
    kinds.TRANSFER,
    kinds.VERIFICATION_SESSION,
)
NOW = datetime.fromtimestamp(objects.NOW, tz=timezone.utc)


def columns(kind, **data):
    return mapping.mapped_values(conf.model(kind.model), data, None)


def links(kind):
    """Return (column, path) of each link of a kind."""
    for column in mapping.mapped_columns(conf.model(kind.model)):
        if isinstance(column.field, StripeLink):
            yield from ((column.attname, path) for path in column.paths)


def nested(path, value):
    """Return an object with a value under a path."""
    for step in reversed(path):
        value = [value] if step.isdecimal() else {step: value}
    return value


LINKS = [(kind, *link) for kind in KINDS for link in links(kind)]


@examples.needed
@pytest.mark.parametrize("version", examples.FILES)
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.object)
def test_example_is_stored_whole_but_for_its_secrets(version, kind):
    for data in (each for each in examples.resources(version).values()):
        if data.get("object") != kind.object or data.get("deleted"):
            continue
        row = sync.sync(kind, data, None)
        row.refresh_from_db()
        withheld = conf.withheld(kind)
        public = {name: each for name, each in data.items() if name not in withheld}
        assert row.stripe_data == public
        assert row.in_doubt is False
        row.delete()


@pytest.mark.parametrize(("kind", "column", "path"), LINKS)
def test_reference_of_each_shape_gives_the_id(kind, column, path):
    for reference in ("x_1", {"id": "x_1", "object": "any"}, {"id": "x_1", "deleted": True}):
        assert columns(kind, **nested(path, reference))[column] == "x_1"
    for nothing in (None, [], {}, "", 5):
        assert columns(kind, **nested(path, nothing)).get(column) is None


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.object)
@pytest.mark.parametrize("odd", [[], {}, "text", 5, 1_672_662_288_000, "0.5", True, 1.5, None])
def test_odd_value_in_place_of_any_attribute_is_taken(kind, odd):
    model = conf.model(kind.model)
    starts = {path[0] for each in mapping.mapped_columns(model) for path in each.paths}
    data = {"id": "x_1", "object": kind.object, **dict.fromkeys(starts - {"id"}, odd)}
    row = sync.sync(kind, data, None)
    row.refresh_from_db()
    public = {name for name in data if name not in conf.withheld(kind)}
    assert row.stripe_data.keys() == public


class TestCharge:
    def test_disputed_is_told_by_the_dispute_in_older_versions(self):
        assert columns(kinds.CHARGE, dispute="dp_1")["disputed"] is True
        assert columns(kinds.CHARGE, dispute=None)["disputed"] is False
        assert columns(kinds.CHARGE, dispute=None, disputed=True)["disputed"] is True
        assert "disputed" not in columns(kinds.CHARGE)

    def test_card_of_an_older_version_is_the_payment_method(self):
        assert columns(kinds.CHARGE, source={"id": "card_1"})["payment_method_id"] == "card_1"
        both = columns(kinds.CHARGE, source={"id": "card_1"}, payment_method="pm_1")
        assert both["payment_method_id"] == "pm_1"

    def test_destination_of_an_older_version(self):
        assert (
            columns(kinds.CHARGE, destination="acct_1")["transfer_data_destination_id"] == "acct_1"
        )

    def test_money(self):
        row = conf.model("Charge")(amount=1050, amount_refunded=-5, currency="usd")
        assert (row.amount_money, row.amount_refunded_money) == (Decimal("10.50"), Decimal("-0.05"))
        assert row.amount_captured_money is None

    def test_links(self):
        customer = conf.model("Customer").objects.create(id="cus_1")
        intent = conf.model("PaymentIntent").objects.create(id="pi_1", latest_charge_id="ch_1")
        charge = {"id": "ch_1", "object": "charge", "customer": "cus_1", "payment_intent": "pi_1"}
        row = sync.sync(kinds.CHARGE, charge, None)
        refund = sync.sync(kinds.REFUND, {"id": "re_1", "object": "refund", "charge": "ch_1"}, None)
        dispute = sync.sync(
            kinds.DISPUTE, {"id": "dp_1", "object": "dispute", "charge": "ch_1"}, None
        )
        assert (row.customer, row.payment_intent, intent.latest_charge) == (customer, intent, row)
        assert [*customer.charges.all(), *intent.charges.all()] == [row, row]
        assert [*row.refunds.all(), *row.disputes.all()] == [refund, dispute]


class TestDispute:
    def test_evidence_is_a_text_a_hash_or_nothing(self):
        for evidence in ("It was sent.", {"uncategorized_text": "It was sent."}, None, []):
            data = {"id": "dp_1", "object": "dispute", "amount": 5, "evidence": evidence}
            row = sync.sync(kinds.DISPUTE, data, None)
            assert (row.amount, row.stripe_data["evidence"]) == (5, evidence)
            row.delete()

    def test_evidence_details(self):
        details = {"due_by": objects.NOW, "has_evidence": True}
        found = columns(kinds.DISPUTE, evidence_details=details)
        assert (found["evidence_due_by"], found["has_evidence"]) == (NOW, True)


class TestPaymentIntent:
    def test_latest_charge_is_the_first_of_the_charges_in_older_versions(self):
        charges = {"object": "list", "data": [{"id": "ch_2"}, {"id": "ch_1"}], "has_more": False}
        assert columns(kinds.PAYMENT_INTENT, charges=charges)["latest_charge_id"] == "ch_2"
        assert "latest_charge_id" not in columns(
            kinds.PAYMENT_INTENT, charges={"object": "list", "data": []}
        )

    def test_names_of_the_first_version(self):
        found = columns(
            kinds.PAYMENT_INTENT,
            allowed_source_types=["card"],
            next_source_action={"type": "authorize_with_url"},
            source="src_1",
        )
        assert found["payment_method_types"] == ["card"]
        assert found["next_action_type"] == "authorize_with_url"
        assert found["payment_method_id"] == "src_1"

    def test_error(self):
        error = {
            "code": "card_declined",
            "message": "Your card was declined.",
            "type": "card_error",
        }
        found = columns(kinds.PAYMENT_INTENT, last_payment_error=error)
        assert found["last_payment_error_code"] == "card_declined"
        assert found["last_payment_error_message"] == "Your card was declined."


@pytest.mark.parametrize(
    ("kind", "secrets"),
    [
        (kinds.CHECKOUT_SESSION, ["client_secret"]),
        (kinds.PAYMENT_INTENT, ["client_secret"]),
        (kinds.SETUP_INTENT, ["client_secret"]),
        (
            kinds.VERIFICATION_SESSION,
            ["client_secret", "last_verification_report", "provided_details", "related_person",
             "url", "verified_outputs"],
        ),
    ],
)  # fmt: skip
def test_secrets_are_not_stored(kind, secrets):
    data = {
        "id": "x_1",
        "object": kind.object,
        "status": "open",
        **dict.fromkeys(secrets, "s3cret"),
    }
    row = sync.sync(kind, data, None)
    stored = conf.model(kind.model).objects.values().get(pk=row.pk)
    assert stored["status"] == "open"
    assert "s3cret" not in json.dumps(stored, default=str)


class TestPaymentMethod:
    @pytest.mark.parametrize("type_", ["card", "card_present", "us_bank_account", "sepa_debit"])
    def test_last_digits_and_fingerprint_of_each_type(self, type_):
        numbered = {"last4": "4242", "fingerprint": "fp"}
        found = columns(kinds.PAYMENT_METHOD, type=type_, **{type_: numbered})
        assert (found["type"], found["last4"], found["fingerprint"]) == (type_, "4242", "fp")

    def test_detached_method_has_no_customer(self, stripe_api):
        attached = {"id": "pm_1", "object": "payment_method", "customer": "cus_1"}
        assert sync.sync(kinds.PAYMENT_METHOD, attached, None).customer_id == "cus_1"
        detached = columns(kinds.PAYMENT_METHOD, customer=None)
        assert detached["customer_id"] is None

    def test_card_with_the_same_id_is_another_row(self):
        both = {"id": "card_1", "last4": "4242"}
        card = sync.sync(kinds.CARD, {**both, "object": "card"}, None)
        method = sync.sync(kinds.PAYMENT_METHOD, {**both, "object": "payment_method"}, None)
        assert card.pk == method.pk
        assert type(card) is not type(method)

    def test_default_of_a_customer_and_of_a_subscription(self):
        data = objects.customer(invoice_settings={"default_payment_method": "pm_1"})
        customer = sync.sync(kinds.CUSTOMER, data, None)
        subscription = sync.sync(
            kinds.SUBSCRIPTION, objects.subscription(default_payment_method={"id": "pm_1"}), None
        )
        assert (customer.default_payment_method_id, customer.default_payment_method) == (
            "pm_1",
            None,
        )
        method = sync.sync(kinds.PAYMENT_METHOD, {"id": "pm_1", "object": "payment_method"}, None)
        customer.refresh_from_db()
        subscription.refresh_from_db()
        assert customer.default_payment_method == subscription.default_payment_method == method


class TestBalance:
    def test_exchange_rate_is_exact(self):
        for rate in (0.924158, "0.924158"):
            found = columns(kinds.BALANCE_TRANSACTION, exchange_rate=rate)
            assert found["exchange_rate"] == Decimal("0.924158")

    def test_amounts_may_be_negative_and_large(self):
        data = {"id": "txn_1", "object": "balance_transaction", "currency": "jpy", "fee": 1,
                "amount": -204_573_250_551, "net": -204_573_250_552}  # fmt: skip
        row = sync.sync(kinds.BALANCE_TRANSACTION, data, None)
        row.refresh_from_db()
        assert (row.amount_money, row.net_money) == (-204_573_250_551, -204_573_250_552)

    def test_source_of_any_kind_is_kept_by_its_id(self):
        for source in ("ch_1", {"id": "ch_1", "object": "charge"}):
            assert columns(kinds.BALANCE_TRANSACTION, source=source)["source"] == "ch_1"

    def test_time_in_milliseconds_is_read(self):
        for time in (objects.NOW, objects.NOW * 1000):
            assert columns(kinds.PAYOUT, arrival_date=time)["arrival_date"] == NOW

    def test_trace_id_of_a_payout(self):
        trace = {"status": "supported", "value": "202606"}
        assert columns(kinds.PAYOUT, trace_id=trace)["trace_id"] == "202606"
        assert columns(kinds.PAYOUT, trace_id=None).get("trace_id") is None


@pytest.mark.parametrize("kind", [kinds.CHARGE, kinds.PAYMENT_INTENT, kinds.SETUP_INTENT])
def test_succeeded(kind):
    rows = conf.model(kind.model).objects
    for status in ("succeeded", "pending", "requires_action", None):
        rows.create(id=f"x_{status}", status=status)
    rows.create(id="x_gone", status="succeeded", deleted_at=NOW)
    assert rows.succeeded().get().pk == "x_succeeded"


@pytest.mark.parametrize(
    "kind",
    [kinds.CHARGE, kinds.CHECKOUT_SESSION, kinds.PAYMENT_INTENT, kinds.PAYMENT_METHOD,
     kinds.SETUP_INTENT, kinds.VERIFICATION_SESSION],
)  # fmt: skip
def test_for_user_returns_what_is_of_the_users_customers(kind):
    rows = conf.model(kind.model).objects
    ada, bob = (get_user_model().objects.create(username=name) for name in ("ada", "bob"))
    for user in (ada, bob):
        conf.model("Customer").objects.create(id=f"cus_{user.username}", user=user)
        rows.create(id=f"x_{user.username}", customer_id=f"cus_{user.username}")
    rows.create(id="x_nobody")
    assert rows.for_user(ada).get().pk == "x_ada"
    assert not rows.for_user(None).exists()


@pytest.mark.django_db(transaction=True)
def test_payment_methods_are_listed_by_customer_and_read_by_id(stripe_api):
    for owner in ("ada", "bob"):
        stripe_api.create("customers", {"id": f"cus_{owner}"})
        stripe_api.create("payment_methods", {"id": f"pm_{owner}", "customer": f"cus_{owner}"})
    found = {
        data["id"]: data["customer"]
        for page in listing.list_pages(kinds.PAYMENT_METHOD, None)
        for data in page.objects
    }
    assert found == {"pm_ada": "cus_ada", "pm_bob": "cus_bob"}
    answer = fetch.fetch(kinds.PAYMENT_METHOD, {"id": "pm_ada"}, None)
    assert (answer.data["id"], answer.deleted) == ("pm_ada", False)


@pytest.mark.parametrize("kind", [kinds.CHARGE, kinds.CHECKOUT_SESSION, kinds.PAYMENT_INTENT])
def test_invoice_is_linked_where_the_version_says_it_and_is_kept_where_not(kind):
    data = {"id": "x_1", "object": kind.object, "status": "pending"}
    row = sync.sync(kind, {**data, "invoice": "in_1"}, None)
    invoice = conf.model("Invoice").objects.create(id="in_1")
    changed = Snapshot({**data, "status": "succeeded"}, "updated", objects.NOW, as_of=objects.NOW)
    write.write(kind, changed)
    row.refresh_from_db()
    assert (row.status, row.invoice) == ("succeeded", invoice)
