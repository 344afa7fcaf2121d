"""The kinds of object, and what of the installed SDK's they are held against."""

import importlib
from functools import reduce

import pytest
import stripe

from stripe_integrations import event_types, kinds, sdk
from stripe_integrations.kinds import Kind

#: Kinds whose class is not named after them.
CLASSES = {
    "fee_refund": "ApplicationFeeRefund",
    "scheduled_query_run": "sigma.ScheduledQueryRun",
}


def sdk_class(name):
    """Return the class of the installed SDK for a kind, None where it has none."""
    *namespace, last = name.split(".")
    camel = CLASSES.get(name, "".join(map(str.capitalize, last.split("_"))))
    found = stripe
    for part in (*namespace, *camel.split(".")):
        found = getattr(found, part, None)
    return found


#: The generic kinds that the installed SDK has.
IN_SDK = [name for name in kinds.GENERIC if sdk_class(name)]


@pytest.mark.parametrize("name", [*kinds.MIRRORED, *kinds.GENERIC])
def test_kind_is_found_by_its_name(name):
    found = kinds.of(name)
    assert found.object == name
    assert kinds.of(name) is found
    assert (found.model == "StripeObject") is (name not in kinds.MIRRORED)


def test_kind_that_nobody_knows_is_generic_and_without_a_resource():
    assert kinds.of("v9.flux_capacitor") == Kind("v9.flux_capacitor", "StripeObject", "")


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a\x00", "\ud800"])
def test_what_names_no_kind_has_none(name):
    assert kinds.of(name) is None


def test_no_kind_has_two_lines():
    assert not kinds.MIRRORED.keys() & kinds.GENERIC.keys()


def test_most_generic_kinds_are_in_the_sdk():
    assert len(IN_SDK) >= 0.7 * len(kinds.GENERIC)  # the oldest supported one has 61 of 81


@pytest.mark.parametrize("name", IN_SDK)
def test_resource_is_where_the_sdk_has_it(name):
    resource, known = kinds.GENERIC[name].resource, sdk_class(name)
    assert name == known.OBJECT_NAME
    if "{" in resource:
        owner = resource[resource.index("{") + 1 : resource.index("}")]
        assert owner in known.__annotations__
    else:
        assert not hasattr(known, "class_url") or known.class_url() == f"/v1/{resource}"


@pytest.mark.parametrize("name", kinds.MIRRORED)
def test_attributes_are_known_to_the_sdk(name):
    assert "id" in sdk.attributes(kinds.MIRRORED[name])


def test_attributes_of_a_kind_without_a_class_are_none():
    assert sdk.attributes(Kind("flux.capacitor", "StripeObject")) == frozenset()


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("product.created", {"product"}),
        ("customer.subscription.trial_will_end", {"subscription"}),
        ("customer.source.expiring", {"bank_account", "card", "source"}),
        ("account.external_account.created", {"bank_account", "card"}),
        ("account.application.deauthorized", {"application"}),
        ("charge.refunded", {"charge"}),
        ("charge.refund.updated", {"refund"}),
        ("issuing_card.created", {"issuing.card"}),
        ("checkout.session.completed", {"checkout.session"}),
    ],
)
def test_objects_of_an_event_type(kind, names):
    assert set(event_types.object_names(kind)) == names


def test_each_known_type_is_about_objects_that_the_sdk_has():
    listed = {*kinds.MIRRORED, *kinds.GENERIC}
    others = event_types.all_object_names() - listed
    # What these types are about has no id, or cannot be read, or has a model later.
    for name in others:
        found = sdk.attributes(Kind(name, "".join(map(str.capitalize, name.split("_")))))
        assert found or name in ("application", "invoiceitem", "reserve", "source_transaction"), (
            name
        )


#: Lists that later versions of the API limit to a time, and earlier ones do not.
LISTED_BY_TIME_SINCE = {"invoice_payment"}


def list_params(kind):
    """Return the parameters of the installed SDK for a kind's list."""
    *modules, resource = kind.object.split(".")
    words = {"invoiceitem": "invoice_item"}.get(resource, resource).split("_")
    name = "".join(map(str.title, words))
    try:
        module = importlib.import_module(".".join(["stripe.params", *modules]))
    except ImportError:  # before stripe 13
        return reduce(getattr, [*modules, name], stripe).ListParams.__annotations__
    return getattr(module, f"{name}ListParams").__annotations__


@pytest.mark.parametrize(
    "kind",
    [each for each in kinds.MIRRORED.values() if each.is_listed and not each.is_listed_by_customer],
    ids=lambda kind: kind.object,
)
def test_kind_that_is_listed_by_time_is_so_in_the_sdk(kind):
    has_created = "created" in list_params(kind)
    assert kind.is_listed_by_time is (has_created and kind.object not in LISTED_BY_TIME_SINCE)
