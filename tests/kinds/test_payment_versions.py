"""The same charge, payment intent and checkout session, as rendered by each API version.

What an example object of Stripe's lacks in a version, the object lacks here. The examples are of
four versions; the others are made by hand from what their changelogs say.
"""

from decimal import Decimal

import pytest

from stripe_integrations import conf, kinds
from stripe_integrations.mirror import mapping
from stripe_integrations.testing import objects
from tests.kinds import examples

pytestmark = examples.needed

NOW = objects.NOW
#: The versions without examples: the version whose example they are made from, and what they lack.
BY_HAND = {
    "acacia": ("2024-06-20", set()),
    "basil": ("dahlia", {"customer_account", "managed_payments", "integration_identifier"}),
    "clover": ("dahlia", {"managed_payments", "integration_identifier"}),
    "endive": ("dahlia", set()),
}
VERSIONS = [*examples.FILES, *BY_HAND]
ADDRESS = {"address": {"city": "London", "country": "GB"}, "name": "Ada"}

CHARGE = {
    "amount": 2000,
    "amount_captured": 2000,
    "amount_refunded": 500,
    "application_fee_amount": 20,
    "balance_transaction": "txn_1",
    "captured": True,
    "created": NOW,
    "currency": "eur",
    "customer": "cus_1",
    "description": "Engine",
    "disputed": True,
    "failure_code": None,
    "id": "ch_1",
    "on_behalf_of": "acct_1",
    "outcome": {"risk_level": "normal", "type": "authorized"},
    "paid": True,
    "payment_intent": "pi_1",
    "payment_method": "card_1",
    "payment_method_details": {"card": {"brand": "visa"}, "type": "card"},
    "receipt_url": "https://pay.stripe.com/receipts/1",
    "refunded": False,
    "status": "succeeded",
    "transfer_data": {"amount": None, "destination": "acct_2"},
    "transfer_group": "group",
}
CHARGE_COLUMNS = {
    "amount": 2000,
    "amount_captured": 2000,
    "amount_refunded": 500,
    "application_fee_amount": 20,
    "balance_transaction_id": "txn_1",
    "captured": True,
    "created": mapping.to_datetime(NOW),
    "currency": "eur",
    "customer_id": "cus_1",
    "description": "Engine",
    "disputed": True,
    "on_behalf_of_id": "acct_1",
    "outcome_risk_level": "normal",
    "outcome_type": "authorized",
    "paid": True,
    "payment_intent_id": "pi_1",
    "payment_method_id": "card_1",
    "payment_method_type": "card",
    "receipt_url": "https://pay.stripe.com/receipts/1",
    "refunded": False,
    "status": "succeeded",
    "transfer_data_destination_id": "acct_2",
    "transfer_group": "group",
}
#: As rendered by 2018-05-21: no payment method, no transfer data, a dispute's id.
OLD_CHARGE = {
    **{key: CHARGE[key] for key in CHARGE.keys() - {
        "amount_captured", "application_fee_amount", "disputed", "payment_method",
        "payment_method_details", "receipt_url", "transfer_data"}},
    "destination": "acct_2",
    "dispute": "dp_1",
    "refunds": {"object": "list", "data": [{"id": "re_1", "amount": 500}], "has_more": False},
    "source": {"id": "card_1", "object": "card", "brand": "Visa", "customer": "cus_1"},
}  # fmt: skip

INTENT = {
    "amount": 2000,
    "amount_received": 2000,
    "charges": {"object": "list", "data": [{"id": "ch_2"}, {"id": "ch_1"}], "has_more": False},
    "currency": "eur",
    "customer": "cus_1",
    "latest_charge": "ch_2",
    "next_action": {"type": "redirect_to_url"},
    "payment_method": "pm_1",
    "payment_method_types": ["card"],
    "status": "requires_action",
    "transfer_data": {"destination": "acct_2"},
}
INTENT_COLUMNS = {
    "amount": 2000,
    "amount_received": 2000,
    "currency": "eur",
    "customer_id": "cus_1",
    "latest_charge_id": "ch_2",
    "next_action_type": "redirect_to_url",
    "payment_method_id": "pm_1",
    "payment_method_types": ["card"],
    "status": "requires_action",
    "transfer_data_destination_id": "acct_2",
}

SESSION = {
    "amount_subtotal": 1000,
    "amount_total": 1050,
    "client_reference_id": "7",
    "collected_information": {"shipping_details": ADDRESS},
    "currency": "gbp",
    "customer": "cus_1",
    "customer_details": {"email": "ada@example.com", "name": "Ada"},
    "customer_email": None,
    "expires_at": NOW,
    "mode": "subscription",
    "payment_intent": None,
    "payment_status": "paid",
    "setup_intent": None,
    "shipping": ADDRESS,
    "shipping_details": ADDRESS,
    "status": "complete",
    "subscription": "sub_1",
    "total_details": {"amount_discount": 100, "amount_shipping": 50, "amount_tax": 100},
}
SESSION_COLUMNS = {
    "amount_discount": 100,
    "amount_shipping": 50,
    "amount_subtotal": 1000,
    "amount_tax": 100,
    "amount_total": 1050,
    "client_reference_id": "7",
    "currency": "gbp",
    "customer_email": "ada@example.com",
    "customer_id": "cus_1",
    "customer_name": "Ada",
    "expires_at": mapping.to_datetime(NOW),
    "mode": "subscription",
    "payment_intent_id": None,
    "payment_status": "paid",
    "shipping_details": ADDRESS,
    "status": "complete",
    "subscription_id": "sub_1",
}


def rendered(kind, version, values):
    """Return an object with these values, of the attributes that it has in a version."""
    source, lacking = BY_HAND.get(version, (version, set()))
    example = examples.resources(source)[kind.object]
    held = {name: value for name, value in values.items() if name in example}
    return {name: value for name, value in {**example, **held}.items() if name not in lacking}


def columns(kind, data, names):
    found = mapping.mapped_values(conf.model(kind.model), data, None)
    return {name: found[name] for name in names}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        pytest.param(kinds.CHARGE, CHARGE, CHARGE_COLUMNS, id="charge"),
        pytest.param(kinds.PAYMENT_INTENT, INTENT, INTENT_COLUMNS, id="payment_intent"),
        pytest.param(kinds.CHECKOUT_SESSION, SESSION, SESSION_COLUMNS, id="checkout.session"),
    ],
)
def test_object_of_each_version_gives_the_same_columns(kind, values, expected, version):
    data = rendered(kind, version, values)
    assert columns(kind, data, expected) == expected


def test_versions_differ_in_where_they_keep_the_values():
    kept = {
        name: {version for version in VERSIONS if name in rendered(kind, version, {})}
        for kind, names in (
            (kinds.PAYMENT_INTENT, ("charges", "latest_charge")),
            (kinds.CHECKOUT_SESSION, ("shipping", "shipping_details", "collected_information")),
        )
        for name in names
    }
    newest = {"dahlia", "basil", "clover", "endive"}
    assert kept == {
        "charges": {"2020-08-27"},
        "collected_information": newest,
        "latest_charge": set(VERSIONS) - {"2020-08-27"},
        "shipping": {"2020-08-27"},
        "shipping_details": {"2022-11-15", "2024-06-20", "acacia"},
    }


def test_charge_of_2018_gives_the_same_columns_as_far_as_it_says():
    unsaid = {"amount_captured", "application_fee_amount", "payment_method_type", "receipt_url"}
    expected = {name: value for name, value in CHARGE_COLUMNS.items() if name not in unsaid}
    assert columns(kinds.CHARGE, OLD_CHARGE, expected) == expected
    said = mapping.mapped_values(conf.model("Charge"), OLD_CHARGE, None)
    assert not said.keys() & unsaid


def test_decimals_are_texts_or_numbers():
    for percent in (2.5, "2.5", "2.50"):
        found = columns(
            kinds.PAYMENT_LINK, {"application_fee_percent": percent}, ["application_fee_percent"]
        )
        assert found == {"application_fee_percent": Decimal("2.5")}
