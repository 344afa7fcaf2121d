"""The same calls against localstripe, a fake of Stripe that somebody else wrote.

It has plans but no prices, its objects are in an older API version's shape, and of our other verbs
it has only these: no idempotency keys, no checkout, no invoice without a subscription.
"""

import socket
import subprocess
import sys
import time

import pytest
import stripe
from django.contrib.auth import get_user_model

from stripe_integrations import client
from stripe_integrations.actions import (
    StripeCard,
    StripeCoupon,
    StripeCustomer,
    StripeInvoiceItem,
    StripePaymentIntent,
    StripePaymentMethod,
    StripeProduct,
    StripeRefund,
    StripeSetupIntent,
    StripeSubscription,
)

pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("localstripe")]

CARD = {"number": "4242424242424242", "exp_month": "12", "exp_year": "2030", "cvc": "123"}


@pytest.fixture(scope="module")
def address():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def wait_for(port, process):
    for _ in range(300):
        assert process.poll() is None, "localstripe has ended"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("localstripe does not listen")


@pytest.fixture(autouse=True)
def localstripe(address, settings):
    settings.STRIPE_INTEGRATIONS = {"API_KEY": "sk_test_local", "API_BASE": address}


@pytest.fixture
def customer():
    user = get_user_model().objects.create(username="ada", email="ada@lovelace.example")
    return StripeCustomer.create(user, name="Ada")


@pytest.fixture
def plan():
    product = client.request("post", "/v1/products", {"name": "Gold"}).data["id"]
    params = {"amount": 1050, "currency": "eur", "interval": "month", "product": product}
    return client.request("post", "/v1/plans", params).data["id"]


@pytest.fixture
def payment_method():
    return client.request("post", "/v1/payment_methods", {"type": "card", "card": CARD}).data["id"]


def test_customer_is_created_read_and_deleted(customer):
    assert (customer.name, customer.email) == ("Ada", "ada@lovelace.example")
    assert customer.metadata == {"user_id": str(customer.user.pk)}
    client.request("post", f"/v1/customers/{customer.pk}", {"name": "Countess"})
    assert StripeCustomer.retrieve(customer.pk).name == "Countess"
    client.request("delete", f"/v1/customers/{customer.pk}")
    with pytest.raises(stripe.InvalidRequestError) as error:
        StripeCustomer.retrieve(customer.pk)
    assert error.value.http_status == 404


def test_sync_all_reads_every_page():
    ids = {
        client.request("post", "/v1/products", {"name": f"p{number}"}).data["id"]
        for number in range(101)
    }
    assert StripeProduct.sync_all() >= 101
    assert ids <= set(StripeProduct.model().objects.values_list("pk", flat=True))


def test_product_is_read_and_deleted():
    id = "gold plan"
    client.request("post", "/v1/products", {"id": id, "name": "Gold", "metadata": {"a": "b"}})
    row = StripeProduct.retrieve(id)
    assert (row.pk, row.name, row.active, row.metadata) == (id, "Gold", True, {"a": "b"})
    client.request("delete", client.resource_path("products", id))
    with pytest.raises(stripe.InvalidRequestError):
        StripeProduct.retrieve(id)


def test_coupon_is_read_and_deleted():
    params = {"id": "SPRING", "duration": "once", "percent_off": "12.5"}
    client.request("post", "/v1/coupons", params)
    assert StripeCoupon.sync_all() == 1
    row = StripeCoupon.retrieve("SPRING")
    assert (row.percent_off, row.duration, row.valid) == (12.5, "once", True)


def test_card_is_created_read_and_deleted(customer):
    token = client.request("post", "/v1/tokens", {"card": CARD}).data["id"]
    card = StripeCard.create(customer, token)
    assert (card.brand, card.last4, card.exp_year, card.customer) == (
        "Visa",
        "4242",
        2030,
        customer,
    )
    assert StripeCard.retrieve(card.pk) == card
    assert StripeCard.delete(card).is_deleted
    with pytest.raises(stripe.InvalidRequestError):
        StripeCard.retrieve(card.pk)


def test_card_that_is_declined(customer):
    card = {"object": "card", **CARD, "number": "4000000000000002"}
    with pytest.raises(stripe.CardError, match="declined"):
        StripeCard.create(customer, card)
    assert not StripeCard.model().objects.exists()


def test_subscription_is_created_read_and_canceled(customer, plan):
    StripeCard.create(customer, {"object": "card", **CARD})
    row = StripeSubscription.create(customer, [{"plan": plan, "quantity": 2}])
    assert (row.customer, row.status, row.quantity) == (customer, "active", 2)
    assert row.current_period_end > row.current_period_start
    assert StripeSubscription.has_active_subscription(customer)
    cancel_at = int(time.time()) + 86_400
    row = StripeSubscription.update(row, cancel_at=cancel_at)
    assert int(row.cancel_at.timestamp()) == cancel_at
    row = StripeSubscription.cancel(row)
    assert (row.cancel_at_period_end, row.status) == (True, "active")
    row = StripeSubscription.cancel(row, at_period_end=False)
    assert (row.status, row.is_deleted) == ("canceled", False)
    assert StripeSubscription.get_current_subscription(customer) is None
    assert StripeSubscription.sync_all() >= 1
    assert StripeSubscription.model().objects.get(pk=row.pk).status == "canceled"


def test_customer_is_updated_and_deleted_by_verbs(customer):
    assert StripeCustomer.update(customer, name="Countess").name == "Countess"
    assert StripeCustomer.delete(customer).is_deleted
    with pytest.raises(stripe.InvalidRequestError):
        StripeCustomer.retrieve(customer.pk)


def test_product_and_coupon_are_made_and_deleted_by_verbs():
    product = StripeProduct.create("Gold", type="service")
    assert product.name == "Gold"
    assert StripeProduct.delete(product).is_deleted
    coupon = StripeCoupon.create(12.5, duration="once", id="SUMMER")
    assert StripeCoupon.update(coupon, metadata={"season": "spring"}).metadata["season"] == "spring"
    assert StripeCoupon.delete(coupon.pk).is_deleted


def test_payment_method_is_attached_and_detached(customer, payment_method):
    row = StripePaymentMethod.attach(payment_method, customer)
    assert (row.customer, row.type) == (customer, "card")
    assert list(StripePaymentMethod.of(customer)) == [row]
    assert StripePaymentMethod.set_default(customer, row).default_payment_method == row
    assert StripePaymentMethod.detach(row).customer is None
    assert not StripePaymentMethod.of(customer).exists()


def test_setup_intent_is_made_and_canceled(customer, payment_method):
    row = StripeSetupIntent.create(customer)
    assert (row.customer, row.status) == (customer, "requires_payment_method")
    assert row.client_secret.startswith("seti_")
    assert StripeSetupIntent.cancel(row).status == "canceled"
    row = StripeSetupIntent.create(customer)
    assert StripeSetupIntent.confirm(row, payment_method=payment_method).status == "succeeded"


def test_payment_is_confirmed_and_refunded(customer, payment_method):
    StripePaymentMethod.attach(payment_method, customer)
    row = StripePaymentIntent.create(customer, 1050, "eur", payment_method=payment_method)
    assert (row.amount, row.status) == (1050, "requires_confirmation")
    row = StripePaymentIntent.confirm(row)
    assert (row.status, row.customer) == ("succeeded", customer)
    part = StripeRefund.create(row, 50)
    assert (part.amount, part.status, part.payment_intent) == (50, "succeeded", row)


def test_payment_is_captured_or_canceled(customer, payment_method):
    StripePaymentMethod.attach(payment_method, customer)
    given = {"payment_method": payment_method, "capture_method": "manual"}
    held = StripePaymentIntent.confirm(StripePaymentIntent.create(customer, 900, "eur", **given))
    assert held.status == "requires_capture"
    assert StripePaymentIntent.capture(held).status == "succeeded"
    other = StripePaymentIntent.create(customer, 800, "eur", **given)
    assert StripePaymentIntent.cancel(other.pk).status == "canceled"


def test_invoice_item_is_made_and_deleted(customer):
    item = StripeInvoiceItem.create(customer, 700, "eur", description="Setup")
    assert (item.amount, item.customer) == (700, customer)
    assert StripeInvoiceItem.delete(item).is_deleted
