"""Whoever knows the secret of one account's endpoint changes nothing of another account.

Such a person signs events in the name of `acct_x` that are about our own account's objects: about
those that are there, about deleted ones, and about new ones that name ours.
"""

import itertools
from functools import partial

import pytest
from django.contrib.auth import get_user_model

from stripe_integrations import conf, kinds
from stripe_integrations.actions import (
    MIRRORED,
    StripeCustomer,
    StripeEventAction,
    StripeSubscription,
    StripeWebhook,
)
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook
from tests import endpoints
from tests.large_tables import a_third, large_table
from tests.security.conftest import Route

pytestmark = [pytest.mark.django_db(transaction=True), large_table]

ACCOUNT = "acct_x"
LONG_AGO = objects.NOW - 3600
MIRRORS = [name for name in conf.SWAPPABLE if name != "Event"]
ABSENT = object()
#: Times of an event, none of which Stripe sends.
ODD_TIMES = (None, ABSENT, "1700000000", 10**18, -1, True, 1.7e9)


#: Kind -> what builds its object, and the events that are about it: each with a model of its own,
#: and one without.
KINDS = {
    name: (objects.BUILDERS.get(name, partial(objects.bare, name)), objects.prefix(name))
    for name in (*kinds.MIRRORED, "topup")
}
LINKED = ("card", "coupon", "customer", "price", "product", "source", "subscription")
#: The kinds that are forged: those that link to each other or to users, and of the others a third.
FORGED = (*LINKED, *a_third([kind for kind in KINDS if kind not in LINKED]))
#: Verb -> the kinds with events of it.
EVENTS = {**dict.fromkeys(("created", "updated", "deleted"), FORGED), "completed": ("session",)}


def rows(name):
    return conf.model(name).objects


@pytest.fixture
def users():
    create = get_user_model().objects.create
    return {name: create(username=name) for name in ("ada", "eve")}


@pytest.fixture(params=["alive", "404", "dead"])
def api(request, stripe_api):
    """Stripe's API: it has our objects, or does not find them, or gives no answer."""
    if request.param == "dead":
        stripe_api.down()
    return request.param


@pytest.fixture
def platform(api, stripe_api, users, deliver):
    """Our own account: of each kind one object, and one that was deleted.

    The customer of the subscription is Ada; the other one has no user and no subscription.
    """
    objects_of_ours = [
        objects.customer("cus_1", metadata={"user_id": str(users["ada"].pk)}),
        objects.customer("cus_2", email="other@example.com"),
        *(build(f"{kind}_1") for kind, (build, _) in KINDS.items() if kind != "customer"),
        *(build(f"{kind}_gone") for kind, (build, _) in KINDS.items()),
    ]
    for data in objects_of_ours:
        name = KINDS[data["object"]][1]
        if data["object"] in ("bank_account", "card", "source"):
            data["customer"] = "cus_1"
        deliver(objects.event(f"{name}.created", data, created=LONG_AGO))
        if data["id"].endswith("_gone"):
            deliver(objects.event(f"{name}.deleted", data, created=LONG_AGO + 60))
        elif api == "alive" and f"{data['object']}s" in stripe_api.objects:
            stripe_api.objects[f"{data['object']}s"][data["id"]] = data
    assert all(rows(name).exists() for name in MIRRORS)


@pytest.fixture
def forger(poster, platform):
    row = endpoints.endpoint(account=ACCOUNT)
    return Route(endpoints.path(row), endpoints.SECRET, poster, row)


def state(users):
    """Return every row of our own account, and what the project is told of its users."""
    mirrors = {
        name: list(rows(name).filter(account=None).order_by("pk").values()) for name in MIRRORS
    }
    customers = {each.pk: each for each in rows("Customer").filter(account=None)}
    prefetched = rows("Customer").prefetch_related("subscriptions", "cards", "sources", "events")
    return {
        **mirrors,
        "linked": {(each.pk, each.user_id) for each in rows("Customer").filter(user__isnull=False)},
        "get": {name: StripeCustomer.get(user) for name, user in users.items()},
        "for_user": {
            (name, kind): sorted(each.pk for each in rows(kind).for_user(user))
            for name, user in users.items()
            for kind in ("Customer", "Subscription", "Card", "Source")
        },
        "active": {
            pk: StripeSubscription.has_active_subscription(each) for pk, each in customers.items()
        },
        "current": {
            pk: StripeSubscription.get_current_subscription(each) for pk, each in customers.items()
        },
        "below": {
            (pk, name): set(getattr(each, name).all())
            for pk, each in customers.items()
            for name in ("cards", "events", "sources", "subscriptions")
        },
        "prefetched": {
            (each.pk, name): set(getattr(each, name).all())
            for each in prefetched.filter(account=None)
            for name in ("cards", "events", "sources", "subscriptions")
        },
        "joined": sorted(
            rows("Customer")
            .filter(account=None)
            .values_list("pk", "subscriptions", "cards", "sources", "events"),
            key=str,
        ),
        "customer": {each.pk: each.customer for each in rows("Subscription").filter(account=None)},
    }


def leads_to_ours(*, by_id=True):
    """Return the rows of the other account that lead to one of our own account's.

    `by_id` adds those that merely hold its id: a link to a row that has not arrived is not null.
    """
    found = []
    for name, link in (
        ("Subscription", "customer"),
        ("Subscription", "price"),
        ("Card", "customer"),
        ("Source", "customer"),
        ("Price", "product"),
        ("Product", "default_price"),
        ("Event", "customer"),
    ):
        theirs = rows(name).filter(account=ACCOUNT)
        for queryset in (theirs, theirs.select_related(link), theirs.prefetch_related(link)):
            targets = [getattr(each, link) for each in queryset]
            found += [each for each in targets if each is not None and each.account != ACCOUNT]
        found += theirs.filter(**{f"{link}__version__gt": 0, f"{link}__account": None})  # a join
        ours = conf.model(link.rpartition("_")[2].title()).objects.filter(account=None)
        found += theirs.filter(**{f"{link}__in": ours.values("pk")}) if by_id else ()
    return found


def forged(kind, id, users):
    """Return an object that says of itself what suits the forger, and names objects of ours."""
    metadata = {"user_id": str(users["eve"].pk)}
    if kind == "session":
        return {
            "id": id,
            "object": "checkout.session",
            "client_reference_id": str(users["eve"].pk),
            "customer": "cus_2",
            "metadata": metadata,
        }
    values = {
        "customer": {"email": users["eve"].email},
        "product": {"default_price": "price_1", "active": False},
        "price": {"product": "product_1", "unit_amount": 1},
        "coupon": {"percent_off": 100},
        "subscription": {"customer": "cus_2", "status": "active"},
    }.get(kind, {"customer": "cus_2"})
    return KINDS[kind][0](id, name="forged", **{"metadata": metadata, **values})


def messages(kind, verb, time, users):
    """Return a forged event of that time about each object; every other one names the account."""
    name = "checkout.session" if kind == "session" else KINDS[kind][1]
    ids = ("cus_1", "cus_2") if kind == "customer" else (f"{kind}_1",)
    for number, id in enumerate((*ids, f"{kind}_gone", f"{kind}_new")):
        account = {"account": ACCOUNT} if number % 2 else {}
        message = objects.event(f"{name}.{verb}", forged(kind, id, users), **account)
        message["created"] = time
        if time is ABSENT:
            del message["created"]
        yield message


def of_all_kinds(verb, time, users):
    return [message for kind in EVENTS[verb] for message in messages(kind, verb, time, users)]


def of_all_verbs(time, users):
    return [message for verb in EVENTS for message in of_all_kinds(verb, time, users)]


# Each test below is about all of these kinds, since the platform costs more than the forgeries.
# What one event changed, another could not change back: each write raises the row's version.


@pytest.mark.parametrize("verb", EVENTS)
def test_forged_event_of_another_account_changes_nothing_of_ours(forger, users, verb):
    before = state(users)
    for message in of_all_kinds(verb, objects.NOW, users):
        assert forger.signed(objects.body(message)) == 200, message
    assert state(users) == before
    assert not leads_to_ours()


@pytest.mark.parametrize("api", ["alive"], indirect=True)
def test_forged_event_with_a_time_that_stripe_does_not_send_is_refused_without_the_api(
    forger, users, stripe_api
):
    before = state(users)
    for time, verb in zip(ODD_TIMES, itertools.cycle(EVENTS)):
        for kind in FORGED:
            message = next(messages(kind, verb, time, users))
            assert forger.signed(objects.body(message)) == 400, message
    assert stripe_api.requests == []
    assert state(users) == before
    assert not leads_to_ours()


def test_stored_event_of_another_account_without_a_time_changes_nothing_of_ours(platform, users):
    before = state(users)
    for message in of_all_verbs(ABSENT, users):
        given = (message["id"], message["type"], False, None)
        event = StripeEventAction.add(*given, {**message, "account": ACCOUNT})
        assert StripeWebhook.process(event).status == "processed", message
    assert state(users) == before
    assert not leads_to_ours()


@pytest.mark.parametrize("policy", ["fetch", "payload"])
def test_forged_event_under_another_policy_changes_nothing_of_ours(
    platform, users, deliver, settings, policy
):
    before = state(users)
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "SYNC_POLICY": {"*": policy}}
    for message in of_all_verbs(objects.NOW, users):
        deliver({**message, "account": ACCOUNT})
    assert state(users) == before
    assert not leads_to_ours()


def test_class_of_the_project_that_acts_on_a_forged_object_changes_nothing_of_ours(
    platform, users, deliver, own_registry
):
    returned = []

    class Acting(BaseWebhook):
        name = "*"

        def process_webhook(self):
            data = self.event.message["data"]["object"]
            action = MIRRORED[data["object"]]
            returned.append(action.sync(data))
            returned.append(action.sync({**data, "an": "addition"}))
            returned.append(action.soft_delete(data["id"]))
            StripeCustomer.link_by_checkout(forged("session", "cs_1", users))

    before = state(users)
    for kind in kinds.MIRRORED.keys() & FORGED:
        for message in messages(kind, "updated", objects.NOW, users):
            deliver({**message, "account": ACCOUNT})
    assert state(users) == before
    assert {row.account for row in returned if row is not None} == {ACCOUNT}


#: How a row came about, which may differ where the API was asked.
BOOKKEEPING = {"as_of", "fetched_at", "in_doubt", "read_by", "trail", "verb", "version"}


def true(kind, suffix):
    """Return an object of the platform, with parts of its own."""
    data = KINDS[kind][0](f"{kind}_{suffix}", name="true", metadata={"true": "1"})
    if kind != "customer" and "customer" in data:
        data["customer"] = "cus_1"
    for part in data.get("items", {}).get("data", ()):
        part["id"] = f"si_{suffix}"
    return data


def with_suffix(suffix):
    """Return the platform's rows whose ids end so, and the customers of its subscriptions."""
    found = {}
    for name in MIRRORS:
        for row in rows(name).filter(pk__endswith=f"_{suffix}", account=None).order_by("pk"):
            values = {
                field.attname: getattr(row, field.attname)
                for field in row._meta.concrete_fields
                if field.attname not in BOOKKEEPING
            }
            found[name, row.pk] = str(sorted(values.items()))
    below = rows("Subscription").filter(customer__account=None, pk__endswith=f"_{suffix}")
    found["below"] = str(sorted(below.values_list("pk", "customer", "items__pk", "price")))
    return {str(key).replace(suffix, "x"): each.replace(suffix, "x") for key, each in found.items()}


def test_platforms_events_put_right_what_forged_ones_said_before(
    forger, users, deliver, stripe_api, api
):
    for kind in FORGED:
        forgery = forged(kind, f"{kind}_new", users)
        for part in forgery.get("items", {}).get("data", ()):
            part["id"] = "si_new"
        for verb in ("created", "updated"):  # the second one claims to be later than ours
            time = LONG_AGO if verb == "created" else objects.NOW
            message = objects.event(f"{KINDS[kind][1]}.{verb}", forgery, created=time)
            assert forger.signed(objects.body(message)) == 200, message
    for kind, suffix in itertools.product(FORGED, ("new", "clean")):
        data = true(kind, suffix)
        if api == "alive" and f"{kind}s" in stripe_api.objects:
            stripe_api.objects[f"{kind}s"][data["id"]] = data
        deliver(objects.event(f"{KINDS[kind][1]}.created", data, created=LONG_AGO + 60))
        deliver(objects.event(f"{KINDS[kind][1]}.updated", data, created=LONG_AGO + 120))
    there = with_suffix("new")
    assert len(there) > len(FORGED)
    assert there == with_suffix("clean")
    assert not leads_to_ours(by_id=False)


def test_accounts_with_the_same_ids_keep_their_own_rows_and_links(deliver):
    for account in (None, "acct_1", "acct_2"):
        extra = {"account": account} if account else {}
        name = account or "ours"
        for kind, data in (
            ("price", objects.price("monthly", product="gold", nickname=name)),
            ("product", objects.product("gold", default_price="monthly", name=name)),
            ("coupon", objects.coupon("SPRING", name=name)),
            ("customer.subscription", subscription_of(account)),
            ("customer.source", objects.card(f"card_{name}", customer=f"cus_{name}")),
            ("customer", objects.customer(f"cus_{name}", name=name)),
        ):
            deliver(objects.event(f"{kind}.created", data, **extra))
    for account in (None, "acct_1", "acct_2"):
        name = account or "ours"
        price = rows("Price").get(account=account)
        product = rows("Product").get(account=account)
        customer = rows("Customer").get(account=account)
        subscription = rows("Subscription").get(account=account)
        card = rows("Card").get(account=account)
        assert (price.nickname, product.name, customer.name) == (name, name, name)
        assert rows("Coupon").get(account=account).name == name
        assert (price.product, product.default_price) == (product, price)
        assert (subscription.customer, subscription.price) == (customer, price)
        assert card.customer == customer
        assert list(customer.subscriptions.all()) == [subscription]
        assert list(customer.cards.all()) == [card]
        assert list(product.prices.all()) == [price]
        assert StripeSubscription.has_active_subscription(customer)
        assert StripeSubscription.get_current_subscription(customer) == subscription


def subscription_of(account):
    name = account or "ours"
    data = objects.subscription(f"sub_{name}", customer=f"cus_{name}")
    data["items"]["data"][0]["price"] = objects.price("monthly", product="gold")
    return data
