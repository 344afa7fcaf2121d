"""dj-stripe fills a database; the import gives the rows that Stripe's events would have given.

dj-stripe runs in an environment of its own, with its own webhook and its own sync command.
"""

import io
import uuid

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.urls import include, path

from stripe_integrations import conf, kinds
from stripe_integrations.testing import objects
from tests.migration.expanding import OWN

UUID = uuid.UUID("6f1f2a53-5a3c-4c0a-9a50-7a7f0e6f3b11")
SECRET = "whsec_djstripe"
CONNECTED = "acct_connected"
SYNCED = ("Coupon", "Customer", "PaymentIntent", "Price", "Product", "Subscription")

#: What the order of events is judged by: an import knows less of that than an event tells.
MEMORY = {"as_of", "fetched_at", "in_doubt", "read_by", "trail", "verb", "version"}
#: What dj-stripe asks the API for, and events do not have: it stays in `stripe_data`.
ASKED_FOR = {"customer": {"sources"}}

ENDPOINT = {
    "id": "we_1",
    "object": "webhook_endpoint",
    "api_version": None,
    "application": None,
    "created": objects.NOW,
    "description": None,
    "enabled_events": ["*"],
    "livemode": False,
    "metadata": {"djstripe_uuid": str(UUID)},
    "secret": SECRET,
    "status": "enabled",
    "url": f"https://example.com/stripe/webhook/{UUID}/",
}

urlpatterns = [
    path("stripe/", include("stripe_integrations.djstripe_urls", namespace="djstripe")),
]

pytestmark = pytest.mark.urls(__name__)


def make_objects(api):
    """Make objects of each kind that dj-stripe can be sent, and return their events."""
    ada = api.create("customers", {"name": "Ada", "email": "ada@example.com"})
    api.attach(ada["id"], "tok_visa")
    product = api.create("products", {"name": "Gold"})
    recurring = {"interval": "month", "interval_count": 1, "usage_type": "licensed"}
    price = api.create("prices", {"product": product["id"], "recurring": recurring})
    api.create("coupons", {"percent_off": 25.0})
    items = [{"price": price["id"], "quantity": 2}]
    api.create("subscriptions", {"customer": ada["id"], "items": items})
    api.create("payment_methods", {"customer": ada["id"]})
    intent = api.create("payment_intents", {"customer": ada["id"], "amount": 1050})
    api.change("payment_intents", intent["id"], {"amount": 2000})
    api.change("products", product["id"], {"name": "Platinum"})
    return list(api.events.values())


def rows():
    """Return every row of the mirrors by model and key, without what events alone tell."""
    found = {}
    models = {kind.model: kind for kind in kinds.MIRRORED.values()}
    for name in (*models, "StripeObject"):
        for row in conf.model(name).objects.all():
            columns = {field.attname for field in row._meta.concrete_fields} - MEMORY
            values = {each: getattr(row, each) for each in columns}
            asked = ASKED_FOR.get(row.stripe_data.get("object"), set())
            data = {k: each for k, each in row.stripe_data.items() if k not in asked}
            found[name, row.pk] = {**values, "stripe_data": data}
    return found


def clear():
    for name in {*(kind.model for kind in kinds.MIRRORED.values()), "StripeObject", "Event"}:
        conf.model(name).objects.all().delete()


@pytest.fixture
def imported(stripe_api, run_djstripe):
    """Let dj-stripe fill the database and import that; return the events that it was sent."""
    user = get_user_model().objects.create(username="ada")
    stripe_api.offset = -3600
    events = make_objects(stripe_api)
    with stripe_api.acting_for(CONNECTED):
        stripe_api.create("products", {"id": "prod_connected", "name": "Theirs"})
        theirs = [{**each, "account": CONNECTED} for each in stripe_api.events.values()]
    theirs.append(told_of(CONNECTED, account=CONNECTED))
    bob = stripe_api.create("customers", {"name": "Bob"})  # of whom only the sync command tells
    run_djstripe(
        {
            "endpoint": ENDPOINT,
            "events": [*events, *theirs],
            "models": SYNCED,
            "subscribers": {bob["id"]: user.pk},
        }
    )
    out = io.StringIO()
    call_command("stripe_import_djstripe", stdout=out)
    stripe_api.offset = 0
    # It reads its own account and the customer of its own accord: no event was sent to it.
    unsent = [told_of(OWN), list(stripe_api.events.values())[-1]]
    return [*events, *theirs, *unsent], out.getvalue()


def told_of(account, /, **values):
    """Return the event of an account that has changed."""
    return objects.event("account.updated", objects.bare("account", account), **values)


@pytest.mark.parametrize("run_djstripe", ["id", "djstripe_id"], indirect=True)
def test_import_gives_the_rows_of_the_events(imported, deliver):
    events, printed = imported
    assert " without" not in printed
    found = rows()
    users = {key: values.pop("user_id") for key, values in found.items() if "user_id" in values}
    assert sorted(filter(None, users.values())) == [get_user_model().objects.get().pk]
    clear()
    deliver(*events)
    expected = rows()
    for values in expected.values():
        values.pop("user_id", None)  # dj-stripe's subscriber, of whom Stripe does not know
    assert {key[0] for key in found} >= {"Account", "Card", *SYNCED, "SubscriptionItem"}
    assert found == expected


def test_old_url_takes_the_next_event(imported, poster, stripe_api):
    events, _ = imported
    poster.path = f"/stripe/webhook/{UUID}/"
    before = next(each for each in events if each["type"] == "product.updated")
    product = before["data"]["object"]["id"]
    stripe_api.change("products", product, {"name": "Diamond"})
    asked = len(stripe_api.requests)
    for event in (list(stripe_api.events.values())[-1], before):
        assert poster.signed(objects.body(event), SECRET) == 200
        assert conf.model("Product").objects.get(pk=product).name == "Diamond"
    assert len(stripe_api.requests) == asked
    assert conf.model("Event").objects.filter(pk=before["id"]).count() == 1
