"""Checkout sessions say which local user a customer is, whatever comes first."""

import pytest
from django.contrib.auth import get_user_model

from stripe_integrations import conf
from stripe_integrations.actions import MIRRORED
from stripe_integrations.mirror import users
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)

EVENTS = ("completed", "async_payment_succeeded", "async_payment_failed", "expired", "invented")
ORDERS = pytest.mark.parametrize("order", [1, -1], ids=["checkout first", "customer first"])


def rows(name):
    return conf.model(name).objects


@pytest.fixture
def user():
    return get_user_model().objects.create(username="ada")


@pytest.fixture
def without_sessions(settings):
    mirror = {"checkout.session": False}
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "MIRROR": mirror}


@pytest.fixture(params=["rows", "events"])
def kept(request):
    """Let sessions be rows, or only what their events say."""
    if request.param == "events":
        request.getfixturevalue("without_sessions")


def session(**values):
    return {"id": "cs_1", "object": "checkout.session", "customer": "cus_1", **values}


def by_metadata(user, key="user_id"):
    return session(client_reference_id=None, metadata={key: str(user.pk)})


def checkout(data, verb="completed", **values):
    return objects.event(f"checkout.session.{verb}", data, **values)


def customer(verb="created", **values):
    return objects.event(f"customer.{verb}", objects.customer(), **values)


@ORDERS
@pytest.mark.parametrize("verb", EVENTS)
def test_each_event_of_a_checkout_links_its_user(deliver, user, kept, verb, order):
    data = session(client_reference_id=str(user.pk))
    deliver(*[checkout(data, verb), customer()][::order])
    assert rows("Customer").get().user == user


@ORDERS
def test_user_in_the_metadata_is_linked(deliver, user, kept, order):
    deliver(*[checkout(by_metadata(user)), customer()][::order])
    assert rows("Customer").get().user == user


@ORDERS
def test_user_in_the_metadata_is_linked_if_the_reference_names_none(deliver, user, order):
    data = {**by_metadata(user), "client_reference_id": "cart_17"}
    deliver(*[checkout(data), customer()][::order])
    assert rows("Customer").get().user == user


@ORDERS
def test_reference_counts_more_than_the_metadata(deliver, user, order):
    bob = get_user_model().objects.create(username="bob")
    data = {**by_metadata(user), "client_reference_id": str(bob.pk)}
    deliver(*[checkout(data), customer()][::order])
    assert rows("Customer").get().user == bob


def test_key_of_the_metadata_is_that_of_the_settings(deliver, user, settings):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "USER_METADATA_KEY": "owner"}
    deliver(customer(), checkout(by_metadata(user)))
    assert rows("Customer").get().user is None
    data = {**by_metadata(user, "owner"), "id": "cs_2"}
    deliver(checkout(data))
    assert rows("Customer").get().user == user


@ORDERS
def test_reference_in_the_url_of_a_payment_link_links_nobody(deliver, user, kept, order):
    """Whoever opens the link chooses it; the link's own metadata are the merchant's."""
    chosen = session(client_reference_id=str(user.pk), payment_link="plink_1")
    deliver(*[checkout(chosen), customer()][::order])
    users.link_by_all_checkouts(None)
    assert rows("Customer").get().user is None
    metadata = {"user_id": str(user.pk)}
    deliver(checkout({**chosen, "metadata": metadata}, created=objects.NOW + 60))
    assert rows("Customer").get().user == user


@pytest.mark.parametrize("metadata", [None, [], "user_id", {}, {"user_id": ["1"]}])
def test_odd_metadata_link_nobody(deliver, user, kept, metadata):
    deliver(checkout(session(metadata=metadata)), customer())
    assert rows("Customer").get().user is None


@pytest.mark.parametrize("arrival", ["event", "read"])
def test_session_that_was_read_before_its_customer_links_it(deliver, stripe_api, user, arrival):
    api = stripe_api.objects["checkout/sessions"]
    api["cs_1"] = by_metadata(user) | {"livemode": False, "created": objects.NOW}
    if arrival == "read":
        MIRRORED["checkout.session"].retrieve("cs_1")
    else:
        deliver(objects.thin_event("v1.checkout.session.completed", "checkout.session", "cs_1"))
    deliver(customer())
    assert rows("Customer").get().user == user


def test_thin_event_links_the_customer_that_is_there(deliver, stripe_api, user, kept):
    deliver(customer())
    api = stripe_api.objects["checkout/sessions"]
    api["cs_1"] = by_metadata(user) | {"livemode": False, "created": objects.NOW}
    deliver(objects.thin_event("v1.checkout.session.completed", "checkout.session", "cs_1"))
    assert rows("Customer").get().user == user


def test_thin_event_has_the_customer_of_its_object(deliver, stripe_api):
    deliver(customer())
    api = stripe_api.objects["checkout/sessions"]
    api["cs_1"] = session(livemode=False, created=objects.NOW)
    deliver(objects.thin_event("v1.checkout.session.completed", "checkout.session", "cs_1"))
    event = rows("Event").get(kind="v1.checkout.session.completed")
    assert event.customer == rows("Customer").get()
    assert event in rows("Customer").get().events.all()


def test_thin_event_of_another_account_has_no_customer_of_ours(deliver, stripe_api):
    deliver(customer())
    with stripe_api.acting_for("acct_1") as held:
        held.objects["checkout/sessions"]["cs_1"] = session(livemode=False, created=objects.NOW)
    name = "v1.checkout.session.completed"
    deliver(objects.thin_event(name, "checkout.session", "cs_1", context="acct_1"))
    event = rows("Event").get(kind=name)
    assert (event.status, event.account, event.customer_id) == ("processed", "acct_1", None)
    assert rows("CheckoutSession").get().customer_id is None


@ORDERS
def test_checkout_of_another_account_links_nobody(deliver, user, kept, settings, order):
    settings.STRIPE_INTEGRATIONS = {
        **settings.STRIPE_INTEGRATIONS,
        "TRUSTED_ACCOUNTS": ["acct_1", "acct_2"],
    }
    forged = checkout(by_metadata(user), account="acct_2")
    deliver(*[forged, customer(account="acct_1")][::order])
    assert rows("Customer").get().user is None
    own = checkout({**by_metadata(user), "id": "cs_2"}, account="acct_1")
    deliver(own)
    assert rows("Customer").get().user == user
