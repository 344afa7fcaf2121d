"""Checkout sessions, whose events also link a customer to a local user."""

import pytest
from django.contrib.auth import get_user_model

from stripe_integrations import conf, kinds
from stripe_integrations.mirror import mapping, sync
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import MirrorWebhook

pytestmark = pytest.mark.django_db(transaction=True)


def session(**values):
    return {
        "id": "cs_test_1",
        "object": "checkout.session",
        "amount_total": 1050,
        "client_secret": None,
        "created": objects.NOW,
        "currency": "usd",
        "customer": "cus_1",
        "livemode": False,
        "payment_status": "paid",
        "status": "complete",
        **values,
    }


def rows(name):
    return conf.model(name).objects


@pytest.fixture
def user(db):
    return get_user_model().objects.create(username="ada")


@pytest.fixture
def mirrored(own_registry):
    class MirrorCheckout(MirrorWebhook):
        name = "checkout.session"


@pytest.mark.parametrize("order", [1, -1])
def test_mirrored_session_links_its_customer_whatever_arrives_first(user, poster, mirrored, order):
    events = [
        objects.event("checkout.session.completed", session(client_reference_id=str(user.pk))),
        objects.event("customer.created", objects.customer()),
    ]
    assert [poster.event(each) for each in events[::order]] == [200, 200]
    row = rows("CheckoutSession").get()
    assert rows("Customer").get().user == user
    assert row.customer == rows("Customer").get()
    assert row.client_reference_id == str(user.pk)
    assert rows("CheckoutSession").for_user(user).get() == row


def test_session_of_another_account_links_nobody(user, deliver, mirrored):
    reference = str(user.pk)
    deliver(
        objects.event("customer.created", objects.customer()),
        objects.event(
            "checkout.session.completed",
            session(client_reference_id=reference),
            account="acct_1",
        ),
    )
    assert rows("Customer").get().user is None
    row = rows("CheckoutSession").get()
    assert (row.account, row.customer) == ("acct_1", None)


def test_long_id_and_url_are_stored():
    key, url = f"cs_test_{'a' * 58}", f"https://checkout.stripe.com/c/pay/{'x' * 1000}"
    row = sync.sync(kinds.CHECKOUT_SESSION, session(id=key, url=url), None)
    row.refresh_from_db()
    assert (row.pk, row.url) == (key, url)


@pytest.mark.parametrize(
    ("payment_status", "paid"),
    [("paid", 1), ("no_payment_required", 1), ("unpaid", 0), ("a new status", 0), (None, 0)],
)
def test_paid_sessions(payment_status, paid):
    rows("CheckoutSession").create(id="cs_1", payment_status=payment_status)
    assert rows("CheckoutSession").paid().count() == paid


def test_email_is_the_one_entered_or_else_the_one_given():
    def email(**data):
        return mapping.mapped_values(conf.model("CheckoutSession"), data, None)["customer_email"]

    assert email(customer_details=None, customer_email="given@example.com") == "given@example.com"
    entered = {"email": "entered@example.com"}
    both = {"customer_details": entered, "customer_email": "given@example.com"}
    assert email(**both) == "entered@example.com"


def test_session_is_linked_to_what_it_has_made():
    made = {"payment_intent": "pi_1", "payment_link": "plink_1", "setup_intent": "seti_1",
            "subscription": "sub_1"}  # fmt: skip
    row = sync.sync(kinds.CHECKOUT_SESSION, session(**made), None)
    names = ("PaymentIntent", "PaymentLink", "SetupIntent", "Subscription")
    for name, column in zip(names, made, strict=True):
        other = rows(name).create(id=made[column])
        row.refresh_from_db()
        assert getattr(row, column) == other
        assert other.checkout_sessions.get() == row
