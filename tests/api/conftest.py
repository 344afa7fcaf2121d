"""Two users, each with a customer and everything that it may have; and what is for sale."""

import json

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from rest_framework.test import APIClient

from stripe_integrations import conf
from stripe_integrations.actions import MIRRORED
from stripe_integrations.testing import objects

FEATURE = "entitlements.feature"
YEN_500 = {"currency": "jpy", "unit_amount": 500, "unit_amount_decimal": "500"}


def put(*given):
    """Write objects into the mirror; return the row of the last."""
    for data in given:
        row = MIRRORED[data["object"]].sync(data)
    return row


def seed(name, count=1):
    """Return a user with one customer, and `count` of everything else."""
    user = get_user_model().objects.create_user(name, f"{name}@example.com", "secret")
    customer = f"cus_{name}"
    settings = {"default_payment_method": f"pm_{name}_0"}
    put(
        objects.customer(
            customer,
            email=user.email,
            name=name.title(),
            invoice_settings=settings,
            metadata={"user_id": str(user.pk)},
        )
    )
    for number in range(count):
        end = f"{name}_{number}"
        subscription = objects.subscription(f"sub_{end}", customer=customer)
        subscription["items"]["data"][0].update(id=f"si_{end}", subscription=f"sub_{end}")
        put(
            subscription,
            objects.payment_method(f"pm_{end}", customer=customer),
            invoice(f"in_{end}", customer),
            invoice(f"in_{end}_draft", customer, status="draft"),
        )
        conf.model("ActiveEntitlement").objects.create(
            id=f"ent_{end}", customer_id=customer, feature_id="feat_1", lookup_key="reports"
        )
    return user


def invoice(id, customer, **values):
    shown = {"status": "paid", "total": 1050, "currency": "usd", "number": f"N-{id}"}
    links = {
        "hosted_invoice_url": f"https://i.test/{id}",
        "invoice_pdf": f"https://i.test/{id}/pdf",
    }
    return objects.build("invoice", id, customer=customer, **{**shown, **links, **values})


def logged_in(user):
    client = APIClient()
    client.force_authenticate(user)
    return client


@pytest.fixture
def catalogue():
    put(
        objects.product("prod_1", default_price="price_1", description="All that glitters"),
        objects.price("price_1", lookup_key="gold", nickname="secret discount"),
        objects.price("price_year", recurring={"interval": "year", "interval_count": 1}),
        objects.price("price_mug", recurring=None, type="one_time", **YEN_500),
        objects.price("price_old", active=False),
        objects.product("prod_old", active=False),
        objects.price("price_of_old", product="prod_old", lookup_key="of_old"),
        objects.build(FEATURE, "feat_1", name="Reports", lookup_key="reports"),
    )
    MIRRORED["product"].sync(objects.product("prod_theirs"), account="acct_1")
    MIRRORED["price"].sync(objects.price("price_theirs"), account="acct_1")


@pytest.fixture
def ada(catalogue):
    return seed("ada")


@pytest.fixture
def bob(catalogue):
    return seed("bob")


@pytest.fixture
def as_ada(ada):
    return logged_in(ada)


#: Kinds of object that the verbs need at Stripe -> what the fake calls them.
AT_STRIPE = {
    "Customer": "customers",
    "PaymentMethod": "payment_methods",
    "Price": "prices",
    "Product": "products",
    "Subscription": "subscriptions",
}


@pytest.fixture
def at_stripe(stripe_api, ada, bob):
    """Stripe, which has what the mirror has; throttled by no earlier test."""
    cache.clear()
    for model, name in AT_STRIPE.items():
        for row in conf.model(model).objects.filter(account=None):
            stripe_api.objects[name][row.pk] = json.loads(json.dumps(row.stripe_data))
    return stripe_api


@pytest.fixture
def unthrottled(settings):
    settings.REST_FRAMEWORK = {"DEFAULT_THROTTLE_RATES": {"stripe": None}}
