"""What newcomers stumbled over, as they typed it.

What needs more than a few lines is held elsewhere: routes in `test_routes`, swapped models in
`test_swapped_too_late`, the admin in `admin`, queues in `test_checks` and `queues`, the arguments
and messages of commands in `commands`, every wrong argument of an action in
`actions/test_arguments`.
"""

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ImproperlyConfigured

from stripe_integrations import client, conf
from stripe_integrations.actions import StripeCustomer, StripePrice, StripeSubscription
from stripe_integrations.event_handlers import stripe_receiver
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook, handler

pytestmark = pytest.mark.django_db(transaction=True)


def rows(name):
    return conf.model(name).objects


@pytest.fixture
def user():
    return get_user_model().objects.create(username="ada", email="ada@example.com")


class TestOutsideOfAWebhookClass:
    def test_synced_customer_has_its_user_and_keeps_it_when_saved(self, user):
        row = StripeCustomer.sync(objects.customer(metadata={"user_id": str(user.pk)}))
        assert row.user == user
        row.save()
        assert rows("Customer").get().user == user

    def test_customer_that_is_synced_again_has_its_user_and_keeps_it_when_saved(self, user):
        data = objects.customer()
        StripeCustomer.sync(data)
        rows("Customer").update(user=user)
        row = StripeCustomer.sync(data)
        assert row.user == user
        row.save()
        assert rows("Customer").get().user == user

    def test_created_customer_has_its_user_and_keeps_it_when_saved(self, stripe_api, user):
        row = StripeCustomer.create(user)
        assert row.user == user
        row.save()
        assert rows("Customer").get().user == user


class TestSubscriptions:
    @pytest.fixture
    def customer(self, stripe_api, user):
        stripe_api.create("prices", {"id": "price_1"})
        return StripeCustomer.create(user)

    def test_create_by_ids(self, customer):
        row = StripeSubscription.create(customer.pk, ["price_1"])
        assert (row.customer_id, row.price_id) == (customer.pk, "price_1")

    def test_create_for_a_user(self, customer, user):
        assert StripeSubscription.create(user, ["price_1"]).customer == customer

    def test_create_for_a_user_without_a_customer(self, stripe_api, user):
        with pytest.raises(ValueError, match=r"call StripeCustomer\.create\(user\) first"):
            StripeSubscription.create(user, ["price_1"])

    def test_create_with_a_prices_row(self, customer):
        price = StripePrice.retrieve("price_1")
        assert StripeSubscription.create(customer, [price]).price == price

    def test_create_with_one_price_and_no_list(self, customer):
        with pytest.raises(TypeError, match="Pass a list of prices"):
            StripeSubscription.create(customer, "price_1")

    def test_cancel_by_id(self, customer):
        row = StripeSubscription.create(customer, ["price_1"])
        assert StripeSubscription.cancel(row.pk).cancel_at_period_end is True
        assert StripeSubscription.cancel(row.pk, at_period_end=False).status == "canceled"
        assert not StripeSubscription.has_active_subscription(customer)

    def test_has_active_subscription_of_a_user(self, customer, user):
        assert StripeSubscription.has_active_subscription(user) is False
        StripeSubscription.create(user, ["price_1"])
        assert StripeSubscription.has_active_subscription(user) is True

    def test_row_passed_to_update_is_brought_up_to_date(self, customer):
        row = StripeSubscription.create(customer, ["price_1"])
        StripeSubscription.update(row, collection_method="send_invoice")
        assert row.collection_method == "send_invoice"

    def test_row_passed_to_cancel_is_brought_up_to_date_and_keeps_it_when_saved(self, customer):
        row = StripeSubscription.create(customer, ["price_1"])
        returned = StripeSubscription.cancel(row, at_period_end=False)
        assert (row.status, row.version) == ("canceled", returned.version)
        row.save()
        assert rows("Subscription").get().status == "canceled"

    def test_rows_for_the_id_of_a_user(self, user):
        with pytest.raises(TypeError, match=r"Pass a user, which is a auth\.User"):
            rows("Subscription").for_user(user.pk)


@pytest.mark.usefixtures("own_registry")
class TestClassesAndFunctions:
    def test_class_without_process_webhook(self):
        with pytest.raises(ImproperlyConfigured, match="process_webhook"):

            class Paid(BaseWebhook):
                name = "invoice.paid"

    def test_handler_without_a_parameter(self):
        with pytest.raises(ImproperlyConfigured, match=r"def paid\(event\)"):

            @handler("invoice.paid")
            def paid():
                pass

    def test_receiver_of_several_events(self, deliver):
        heard = []

        @stripe_receiver("product.created", "price.created")
        def hear(sender, event, **kwargs):
            heard.append((sender, event.type))

        deliver(objects.event("product.created", objects.product()))
        deliver(objects.event("price.created", objects.price()))
        event = conf.model("Event")
        assert heard == [(event, "product.created"), (event, "price.created")]


def test_call_that_has_no_verb(stripe_api):
    stripe_api.create("customers", {"id": "cus_1", "name": "Ada"})
    found = client.get().v1.customers.retrieve("cus_1")
    assert found.name == "Ada"
    assert StripeCustomer.sync(found).name == "Ada"
