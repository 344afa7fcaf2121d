"""What actions and querysets say of a wrong argument, and all that they take."""

from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.utils.functional import SimpleLazyObject

from stripe_integrations import conf
from stripe_integrations.actions import (
    StripeCard,
    StripeCustomer,
    StripeEndpoint,
    StripeEventAction,
    StripeEventDestination,
    StripeMeter,
    StripePrice,
    StripeProduct,
    StripeSubscription,
    StripeWebhook,
    find,
)
from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)

EVENT = "Pass the row of the Event, not an object of type str: StripeEventAction.find"
ENDPOINT = "Pass the row of the WebhookEndpoint, not an object of type {}: StripeEndpoint.retrieve"
A_DICT = "Pass the object as Stripe gave it out, a dict, not an object of type {}"
PRICES = r"Pass a list of prices, \[price\], not an object of type {}"
CUSTOMER = "Pass a customer, its id at Stripe or a user, not an object of type {}"


def rows(name):
    return conf.model(name).objects


@pytest.fixture
def user():
    return get_user_model().objects.create(username="ada", email="ada@example.com")


@pytest.fixture
def customer(stripe_api, user):
    stripe_api.create("prices", {"id": "price_gold"})
    return StripeCustomer.create(user)


@pytest.fixture
def price(customer):
    return StripePrice.retrieve("price_gold")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda _: rows("Customer").for_user(1), "Pass a user, which is a .*, not .* int"),
        (lambda _: rows("Subscription").for_user(1), "Pass a user, .* None, not .* int"),
        (lambda row: rows("Subscription").for_user(row), "Pass a user, .*, not .* Customer"),
        (lambda _: rows("Invoice").for_user("cus_1"), "Pass a user, .*, not .* str"),
        (lambda _: rows("Subscription").with_price(1), "Pass a Price or its id, not .* int"),
        (lambda row: rows("Subscription").with_price(row), "Pass a Price or its id, .* Customer"),
        (lambda _: rows("Subscription").with_price(None), "Pass a Price or its id, .* NoneType"),
        (lambda _: StripeCustomer.create(1), "Pass a user, .*, not .* int"),
        (lambda row: StripeCustomer.create(row), "Pass a user, .*, not .* Customer"),
        (lambda _: StripeCustomer.create(None), "Pass a user, .*, not .* NoneType"),
        (lambda _: StripeCustomer.get(1), "Pass a user, .*, not .* int"),
        (lambda _: StripeCustomer.get("cus_1"), "Pass a user, .*, not .* str"),
        (lambda _: StripeCustomer.settle("cus_1"), r"row of the Customer, .*retrieve\(id\)"),
        (lambda _: StripeProduct.settle(1), "Pass the row of the Product, .* int"),
        (lambda _: StripeCustomer.sync("cus_1"), f"{A_DICT.format('str')}.* call retrieve"),
        (lambda row: StripeCustomer.sync(row), A_DICT.format("Customer")),
        (lambda _: StripeEndpoint.sync("we_1"), A_DICT.format("str")),
        (lambda _: StripeCustomer.link_by_checkout("cs_1"), A_DICT.format("str")),
        (lambda _: StripeCustomer.retrieve(1), "Pass a Customer or its id at Stripe, .* int"),
        (lambda row: StripeProduct.retrieve(row), "Pass a Product or its id .* Customer"),
        (lambda _: StripeCard.retrieve(1), "Pass a Card or its id at Stripe, .* int"),
        (lambda _: StripeCard.retrieve("card_1", customer=1), "Pass a customer, .* not .* int"),
        (lambda _: find(1, "prod_1"), "Pass the name of a kind, .* int"),
        (lambda row: StripeCustomer.adjust_balance(row, Decimal(5), 840), "letters of the .* int"),
        (lambda _: StripeSubscription.increment_quantity("sub_1", "2"), "whole number as `by`"),
        (lambda _: StripeSubscription.decrement_quantity("sub_1", None), "whole number as `by`"),
        (lambda row: StripeMeter.record("calls", row, 1, timestamp="today"), "Pass a datetime"),
        (
            lambda row: StripeProduct.sync({"id": "prod_1"}, account=row),
            "id of a connected account",
        ),
        (lambda _: StripePrice.sync_all(account=1), "id of a connected account as `account`"),
        (lambda _: StripeCustomer.soft_delete(1), "Pass a Customer or its id at Stripe, .* int"),
        (lambda _: StripeCard.create(1, "tok_visa"), CUSTOMER.format("int")),
        (lambda row: StripeCard.delete(row), "Pass a Card or its id at Stripe, .* Customer"),
        (lambda row: StripeSubscription.create(row, "price_1"), PRICES.format("str")),
        (lambda row: StripeSubscription.create(row, {"price": "p"}), PRICES.format("dict")),
        (lambda row: StripeSubscription.create(row, None), PRICES.format("NoneType")),
        (lambda row: StripeSubscription.create(row, [1]), "Pass a Price or its id .* int"),
        (lambda _: StripeSubscription.create(1, ["price_1"]), CUSTOMER.format("int")),
        (lambda row: StripeSubscription.cancel(row), "Pass a Subscription or its id .* Customer"),
        (lambda _: StripeSubscription.update(1), "Pass a Subscription or its id .* int"),
        (lambda _: StripeSubscription.has_active_subscription(1), CUSTOMER.format("int")),
        (lambda _: StripeSubscription.get_current_subscription(None), CUSTOMER.format("NoneType")),
        (lambda _: StripeWebhook.process("evt_1"), EVENT),
        (lambda _: StripeEventAction.link_customer("evt_1", None), EVENT),
        (lambda row: StripeEventAction.link_customer(event(), 1), CUSTOMER.format("int")),
        (
            lambda _: StripeEventAction.add("evt_1", "product.created", False, None, "prod_1"),
            A_DICT.format("str"),
        ),
        (lambda _: StripeEndpoint.roll("we_1"), ENDPOINT.format("str")),
        (lambda _: StripeEndpoint.settle("we_1"), ENDPOINT.format("str")),
        (lambda _: StripeEventDestination.settle("ed_1"), "Pass the row of the WebhookEndpoint"),
        (lambda _: StripeEndpoint.disable(1), ENDPOINT.format("int")),
        (lambda _: StripeEventDestination.stop("ed_1"), "Pass the row of the WebhookEndpoint"),
        (lambda _: StripeEndpoint.create(1), "Pass the public address as text, https://…, not"),
    ],
)
def test_wrong_type_says_what_to_pass(customer, call, message):
    with pytest.raises(TypeError, match=message):
        call(customer)


def test_price_row_without_a_list_says_what_to_pass(customer, price):
    with pytest.raises(TypeError, match=PRICES.format("Price")):
        StripeSubscription.create(customer, price)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: StripeCustomer.create(AnonymousUser()), "Pass a user, .* saved, .* AnonymousUser"),
        (lambda: StripeCustomer.create(get_user_model()()), "Pass a user, .* that is saved"),
        (lambda: StripeSubscription.create(AnonymousUser(), ["price_1"]), "has no customer: call"),
        (lambda: StripeCustomer.retrieve(""), "'' is no id of a Customer at Stripe"),
        (lambda: StripeCustomer.soft_delete(" cus_1"), "is no id of a Customer at Stripe"),
        (lambda: StripeSubscription.cancel(""), "'' is no id of a Subscription at Stripe"),
    ],
)
def test_wrong_value_says_what_to_pass(stripe_api, call, message):
    with pytest.raises(ValueError, match=message):
        call()
    assert stripe_api.requests == []


@pytest.mark.parametrize("nobody", [None, AnonymousUser(), SimpleLazyObject(AnonymousUser)])
def test_nobody_has_no_rows(customer, nobody):
    assert not rows("Customer").for_user(nobody).exists()
    assert not rows("Subscription").for_user(nobody).exists()
    assert StripeCustomer.get(nobody) is None


def test_visitor_who_is_not_logged_in_has_no_subscription(customer):
    assert not StripeSubscription.has_active_subscription(AnonymousUser())
    assert StripeSubscription.get_current_subscription(AnonymousUser()) is None


def test_user_of_a_request_is_a_user(customer, user):
    lazy = SimpleLazyObject(lambda: user)
    assert StripeCustomer.get(lazy) == StripeCustomer.create(lazy) == customer
    assert rows("Customer").for_user(lazy).get() == customer


@pytest.mark.parametrize("given", ["row", "id", "user"])
@pytest.mark.parametrize("item", ["row", "id", "form"])
def test_subscription_is_created_for_a_row_an_id_or_a_user(customer, user, price, given, item):
    whose = {"row": customer, "id": customer.pk, "user": user}[given]
    what = {"row": price, "id": price.pk, "form": {"price": price.pk}}[item]
    row = StripeSubscription.create(whose, [what])
    assert (row.customer, row.price) == (customer, price)
    assert StripeSubscription.has_active_subscription(whose)
    assert StripeSubscription.get_current_subscription(whose) == row


def test_items_may_be_a_queryset_or_a_tuple(customer, price):
    for items in (rows("Price").all(), (price,)):
        assert StripeSubscription.create(customer, items).price == price


def test_row_is_retrieved_and_deleted_as_its_id_is(stripe_api, customer):
    stripe_api.change("customers", customer.pk, {"name": "Lovelace"})
    assert StripeCustomer.retrieve(customer).name == "Lovelace"
    assert StripeCustomer.soft_delete(customer).is_deleted


def test_row_of_a_connected_account_is_retrieved_as_that_account(stripe_api):
    with stripe_api.acting_for("acct_1"):
        stripe_api.create("prices", {"id": "price_gold"})
    row = StripePrice.retrieve("price_gold", account="acct_1")
    assert StripePrice.retrieve(row).pk == "acct_1/price_gold"
    assert [request.account for request in stripe_api.requests] == ["acct_1"] * 2


def test_card_is_retrieved_by_its_row(customer):
    card = StripeCard.create(customer, "tok_visa")
    assert StripeCard.retrieve(card) == card


@pytest.mark.parametrize("given", ["row", "id"])
def test_price_of_a_subscription_is_given_as_row_or_id(customer, price, given):
    row = StripeSubscription.create(customer, [price])
    whose = {"row": price, "id": price.pk}[given]
    assert rows("Subscription").with_price(whose).get() == row


@pytest.mark.parametrize("given", ["row", "id", "user"])
def test_customer_of_an_event_is_linked_by_row_id_or_user(customer, user, given):
    whose = {"row": customer, "id": customer.pk, "user": user}[given]
    row = StripeEventAction.link_customer(event(), whose)
    assert row.customer == rows("Event").get().customer == customer
    assert StripeEventAction.link_customer(row, None).customer is None


def event():
    return StripeEventAction.add("evt_1", "product.created", False, None, objects.product())
