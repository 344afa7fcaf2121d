"""The objects of the test kit: of every kind, with references that lead to each other."""

import pytest

from stripe_integrations import conf, event_types
from stripe_integrations.kinds import GENERIC, MIRRORED
from stripe_integrations.mirror import mapping
from stripe_integrations.models import StripeLink
from stripe_integrations.testing import objects

#: Links that no example fills: they come from shapes of earlier versions, or from other cases.
UNFILLED = {
    "account": set(),
    "charge": {"invoice", "on_behalf_of", "transfer", "transfer_data_destination"},
    "checkout.session": {"payment_intent", "payment_link", "setup_intent"},
    "customer": {"default_payment_method", "discount"},
    "discount": {"checkout_session", "invoice", "invoice_item", "subscription_item"},
    "entitlements.active_entitlement": {"customer"},  # that of its summary
    "invoice": {"charge", "default_payment_method", "discount", "payment_intent", "quote"},
    "invoice_payment": {"charge"},
    "invoiceitem": {"subscription"},
    "line_item": {"invoice_item"},
    "payment_intent": {"invoice", "on_behalf_of", "transfer_data_destination"},
    "payment_link": {"on_behalf_of", "transfer_data_destination"},
    "payout": {"failure_balance_transaction", "original_payout", "reversed_by"},
    "plan": {"meter"},
    "product": {"default_price"},
    "quote": {"invoice", "subscription_schedule"},
    "setup_intent": {"on_behalf_of"},
    "subscription": {"default_payment_method", "discount", "schedule"},
    "subscription_schedule": {"released_subscription"},
}


@pytest.mark.parametrize("name", MIRRORED)
def test_references_of_each_kind_are_ids_of_other_examples(name):
    kinds = {kind.model: each for each, kind in MIRRORED.items()}
    model = conf.model(MIRRORED[name].model)
    built = objects.build(name)
    assert built["object"] == name
    values = mapping.mapped_values(model, built, None)
    unfilled = set()
    for column in mapping.mapped_columns(model):
        if isinstance(column.field, StripeLink):
            target = MIRRORED[name].model if column.field.related_model is model else None
            target = target or next(
                each for each in kinds if conf.model(each) is column.field.related_model
            )
            if values.get(column.attname) is None:
                unfilled.add(column.field.name)
            else:
                assert values[column.attname] == objects.build(kinds[target])["id"], column
    assert unfilled == UNFILLED.get(name, set())


@pytest.mark.parametrize("name", GENERIC)
def test_object_of_another_kind_names_what_it_is_below(name):
    built = objects.build(name, n=1)
    assert (built["object"], built["n"]) == (name, 1)
    assert ("id" in built) is not bool(GENERIC[name].identified_by)
    named = [part.partition("}")[0] for part in GENERIC[name].resource.split("{")[1:]]
    assert [each for each in named if each not in built] == []


def test_event_of_each_type_is_about_an_object_of_its_kind():
    for kind in event_types.known():
        event = objects.event(kind, account="acct_2")
        assert event["data"]["object"]["object"] in event_types.object_names(kind)
        assert (event["type"], event["account"]) == (kind, "acct_2")


def test_objects_share_no_parts():
    objects.build("invoice")["status_transitions"]["paid_at"] = 0
    assert objects.build("invoice")["status_transitions"]["paid_at"] == objects.NOW
