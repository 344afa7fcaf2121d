"""Every example object of Stripe's is created, updated and deleted: nothing of it is lost.

What the columns of the objects then hold is in test_stripe_examples.py and in tests/kinds.
"""

import pytest

from stripe_integrations import actions, conf, kinds
from stripe_integrations.testing import objects
from tests.large_tables import large_table
from tests.test_stripe_examples import FILES, examples
from tests.test_stripe_examples import pytestmark as pytestmark

A_SECRET = "the API's answer to a request, with a secret in it; it cannot be read again"
ONE_EACH = "there is one for each account or customer, and the API tells it at any time"
OCCURRENCE = "it happens once and does not change"
PLACEHOLDER = "the example's id is empty; Stripe's own are not"

#: The kinds of example objects without an id, and why they have no row: no key could be made.
WITHOUT_ID = {
    "account_link": A_SECRET,
    "account_session": A_SECRET,
    "balance": ONE_EACH,
    "balance_settings": ONE_EACH,
    "billing.alert_triggered": OCCURRENCE,
    "billing.credit_balance_summary": ONE_EACH,
    "billing.meter_event": OCCURRENCE,
    "billing.meter_event_adjustment": OCCURRENCE,
    "cash_balance": ONE_EACH,
    "customer_session": A_SECRET,
    "discount": PLACEHOLDER,
    "funding_instructions": ONE_EACH,
    "login_link": A_SECRET,
    "product_feature": PLACEHOLDER,
    "tax.settings": ONE_EACH,
    "terminal.connection_token": A_SECRET,
    "terminal.onboarding_link": A_SECRET,
    "terminal.refund": PLACEHOLDER,
    "treasury.financial_account_features": ONE_EACH,
}

VERBS = ("created", "updated", "deleted")
#: When these happen: each later than the one before it by more than the guard.
TIMES = range(objects.NOW - 180, objects.NOW, 60)


def objects_id(kind, data):
    """Return what stands for the id of an object without one; None if nothing does."""
    return data[kind.identified_by] if kind.identified_by else None


def assert_event_is_all_there_is(kind, message):
    """An object without an id has no key to be found by: its event holds the whole of it."""
    data = message["data"]["object"]
    assert kind.object in WITHOUT_ID, "an object that could be found is not"
    assert actions.find(kind.object, data.get("id")) is None
    assert not conf.model("StripeObject").objects.filter(kind=kind.object).exists()
    event = conf.model("Event").objects.get(pk=message["id"])
    assert event.stripe_object == data
    assert (event.message, event.object_type) == (message, kind.object)


@large_table
@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_resource_is_found_as_it_was_sent_until_it_is_deleted(poster, file):
    for name, data in examples(file).items():
        kind = kinds.of(data["object"])
        for time, verb in zip(TIMES, VERBS, strict=True):
            sent = {**data, "metadata": {"verb": verb}} if "metadata" in data else data
            message = objects.event(f"{objects.prefix(kind.object)}.{verb}", sent, created=time)
            assert poster.event(message) == 200, (name, verb)
            stored_id = data.get("id") or objects_id(kind, data)
            if stored_id is None:
                assert_event_is_all_there_is(kind, message)
                continue
            row = actions.find(kind.object, stored_id)
            stored = {key: sent[key] for key in sent if key not in conf.withheld(kind)}
            assert row.stripe_data == {"id": stored_id, **stored}, (name, verb)
            is_gone = data.get("deleted", False) or (verb == "deleted" and kind.is_deletable)
            assert row.is_deleted is is_gone, (name, verb)
        if stored_id is not None:
            row.delete()  # the examples of different names share ids
    assert set(conf.model("Event").objects.values_list("status", flat=True)) == {"processed"}
