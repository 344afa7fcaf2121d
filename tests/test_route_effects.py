"""What a good event does: once, in its order, and not undone by what fails beside it."""

import contextlib
import threading

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction

from stripe_integrations import conf, transactions
from stripe_integrations.actions import StripeCustomer, StripeProduct
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook
from stripe_integrations.webhooks.customers import CheckoutSessionWebhook
from stripe_integrations.webhooks.products import ProductCreatedWebhook
from tests.fkapp.models import Keeper

pytestmark = pytest.mark.django_db(transaction=True)


def rows(name):
    return conf.model(name).objects


def at_once(count, function):
    """Call a function in threads that start at the same moment; return the results."""
    barrier, results = threading.Barrier(count), []

    def run():
        barrier.wait()
        results.append(function())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.fixture
def counting(own_registry):
    """Register a class that inserts a row per call, and can be told to raise."""

    class Counting(BaseWebhook):
        name = "product"
        fail = False

        def process_webhook(self):
            get_user_model().objects.create(
                username=f"{self.event.pk}-{threading.get_ident()}-{id(self)}"
            )
            if Counting.fail:
                raise RuntimeError("the class is told to fail")

    return Counting


def effects():
    return get_user_model().objects.count()


class TestOnce:
    def test_same_event_twice_takes_effect_once(self, poster, counting):
        message = objects.event("product.created", objects.product())
        assert [poster.event(message), poster.event(message)] == [200, 200]
        assert (effects(), rows("Event").count(), rows("Product").get().version) == (1, 1, 1)

    def test_same_event_at_the_same_moment_takes_effect_once(self, poster, counting):
        for number in range(5):
            message = objects.event("product.created", objects.product(f"prod_{number}"))
            assert at_once(8, lambda message=message: poster.event(message)) == [200] * 8
            assert effects() == rows("Event").count() == number + 1
        assert set(rows("Product").values_list("version", flat=True)) == {1}

    def test_two_events_of_a_new_object_at_the_same_moment_end_at_the_later(self, poster):
        for number in range(5):
            created, updated = (
                objects.event(
                    f"product.{verb}",
                    objects.product(f"prod_{number}", name=verb),
                    created=objects.NOW + seconds,
                )
                for verb, seconds in (("created", 0), ("updated", 60))
            )
            turns = iter([created, updated])
            assert at_once(2, lambda turns=turns: poster.event(next(turns))) == [200, 200]
            assert rows("Product").get(pk=f"prod_{number}").name == "updated"


class TestOrder:
    def test_older_event_is_skipped(self, poster):
        for name, seconds in (("new", 60), ("old", 0)):
            data = objects.product(name=name)
            message = objects.event("product.updated", data, created=objects.NOW + seconds)
            assert poster.event(message) == 200
        assert rows("Product").get().name == "new"

    def test_of_the_same_second_the_later_arrival_is_kept(self, poster):
        for name in ("first", "second"):
            message = objects.event("product.updated", objects.product(name=name))
            assert poster.event(message) == 200
        row = rows("Product").get()
        assert (row.name, row.in_doubt) == ("second", True)

    def test_what_is_newer_settles_the_doubt(self, poster):
        for name, seconds in (("first", 0), ("second", 0), ("third", 60)):
            data = objects.product(name=name)
            message = objects.event("product.updated", data, created=objects.NOW + seconds)
            assert poster.event(message) == 200
        row = rows("Product").get()
        assert (row.name, row.in_doubt) == ("third", False)

    def test_late_update_does_not_bring_a_deleted_object_back(self, poster):
        for verb, seconds in (("created", 0), ("deleted", 60), ("updated", 30)):
            message = objects.event(
                f"product.{verb}", objects.product(), created=objects.NOW + seconds
            )
            assert poster.event(message) == 200
        row = rows("Product").get()
        assert row.is_deleted
        assert not rows("Product").not_deleted().exists()

    def test_later_creation_lives_again(self, poster):
        for verb, seconds in (("created", 0), ("deleted", 60), ("created", 120)):
            data = objects.coupon(times_redeemed=seconds)
            message = objects.event(f"coupon.{verb}", data, created=objects.NOW + seconds)
            assert poster.event(message) == 200
        row = rows("Coupon").get()
        assert (row.is_deleted, row.times_redeemed) == (False, 120)

    def test_deletion_before_creation_ends_deleted(self, poster):
        for verb, seconds in (("deleted", 60), ("created", 0)):
            message = objects.event(
                f"product.{verb}", objects.product(), created=objects.NOW + seconds
            )
            assert poster.event(message) == 200
        assert rows("Product").get().is_deleted

    def test_deleted_stub_keeps_what_was_known(self, poster):
        stub = {"id": "prod_1", "object": "product", "deleted": True}
        for verb, data, seconds in (("created", objects.product(), 0), ("deleted", stub, 60)):
            message = objects.event(f"product.{verb}", data, created=objects.NOW + seconds)
            assert poster.event(message) == 200
        row = rows("Product").get()
        assert (row.is_deleted, row.name, row.stripe_data["name"]) == (True, "Gold", "Gold")

    def test_subscription_deleted_is_a_cancellation(self, poster):
        data = objects.subscription(status="canceled", ended_at=objects.NOW)
        assert poster.event(objects.event("customer.subscription.deleted", data)) == 200
        row = rows("Subscription").get()
        assert (row.status, row.is_deleted) == ("canceled", False)


class TestFailure:
    def test_failing_class_is_tried_again_with_the_next_delivery(self, poster, counting):
        counting.fail = True
        message = objects.event("product.created", objects.product(), id="evt_1")
        assert poster.event(message) == 500
        event = rows("Event").get()
        assert event.status == "failed"
        assert event.error == "RuntimeError: the class is told to fail"
        assert 'raise RuntimeError("the class is told to fail")' in event.traceback
        assert (effects(), rows("Product").get().name) == (0, "Gold")

        counting.fail = False
        assert poster.event(message) == 200
        event.refresh_from_db()
        assert (event.status, event.error, event.traceback) == ("processed", "", "")
        assert (effects(), rows("Product").get().version) == (1, 1)

    def test_one_failure_does_not_stop_the_others(self, poster, counting, own_registry):
        class Before(BaseWebhook):
            name = "product.created"
            calls = 0

            def process_webhook(self):
                Before.calls += 1
                raise ValueError

        message = objects.event("product.created", objects.product())
        assert poster.event(message) == 500
        assert (effects(), Before.calls) == (1, 1)
        assert poster.event(message) == 500
        assert (effects(), Before.calls) == (1, 2)

    def test_failing_built_in_keeps_the_event(self, poster, own_registry):
        class Replacement(ProductCreatedWebhook):
            fail = True

            def process_webhook(self):
                super().process_webhook()
                if Replacement.fail:
                    raise RuntimeError

        message = objects.event("product.created", objects.product())
        assert poster.event(message) == 500
        assert (rows("Event").get().status, rows("Product").count()) == ("failed", 0)
        assert rows("Event").get().processed_at is None
        Replacement.fail = False
        assert poster.event(message) == 200
        assert (rows("Event").get().status, rows("Product").count()) == ("processed", 1)

    def test_swallowed_database_error_is_a_failure(self, poster, own_registry):
        class Swallows(BaseWebhook):
            name = "product.created"

            def process_webhook(self):
                get_user_model().objects.create(username="a")
                with contextlib.suppress(IntegrityError), transaction.atomic(savepoint=False):
                    get_user_model().objects.create(username="a")

        assert poster.event(objects.event("product.created", objects.product())) == 500
        assert (effects(), rows("Event").get().status) == (0, "failed")

    def test_swallowed_error_of_raw_sql_loses_no_event(self, poster, own_registry):
        """PostgreSQL then rolls back at the commit, without an error."""

        class Swallows(ProductCreatedWebhook):
            def process_webhook(self):
                super().process_webhook()
                with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
                    cursor.execute("SELECT nothing FROM nowhere")

        message = objects.event("product.created", objects.product())
        status = poster.event(message)
        event = rows("Event").get(pk=message["id"])
        aborts = connection.vendor == "postgresql"
        assert (status, event.status) == ((500, "failed") if aborts else (200, "processed"))

    @pytest.mark.parametrize("base", [ProductCreatedWebhook, BaseWebhook])
    def test_constraint_that_fails_at_the_commit(self, poster, own_registry, base):
        """Foreign keys are deferred, but for MariaDB."""

        class Keeping(base):
            name = "product.created"
            product = "prod_none"

            def process_webhook(self):
                StripeProduct.sync(self.event.stripe_object)
                Keeper.objects.create(product_id=Keeping.product)

        message = objects.event("product.created", objects.product())
        assert [poster.event(message), poster.event(message)] == [500, 500]
        event = rows("Event").get()
        assert (event.status, event.error.partition(":")[0]) == ("failed", "IntegrityError")
        assert Keeper.objects.count() == 0
        Keeping.product = "prod_1"
        assert poster.event(message) == 200
        assert (rows("Event").get().status, Keeper.objects.count()) == ("processed", 1)

    def test_failing_on_commit_hook_is_logged_and_the_class_stays_done(
        self, poster, own_registry, caplog
    ):
        done = []

        class Hooks(BaseWebhook):
            name = "product.created"

            def process_webhook(self):
                transaction.on_commit(lambda: 1 / 0)
                transaction.on_commit(lambda: done.append(self.event.pk))

        message = objects.event("product.created", objects.product(), id="evt_1")
        assert poster.event(message) == 200
        assert done == ["evt_1"]
        assert "ZeroDivisionError" in caplog.text
        assert rows("Event").get().status == "processed"

    def test_class_that_failed_for_a_day_is_given_up(self, poster, counting, settings):
        counting.fail = True
        message = objects.event("product.created", objects.product())
        assert poster.event(message) == 500
        settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "GIVE_UP_AFTER": 0}
        assert poster.event(message) == 200
        assert rows("Event").get().status == "failed"

    def test_each_class_has_its_own_copy_of_the_message(self, poster, own_registry):
        seen = []

        class First(BaseWebhook):
            name = "product.created"

            def process_webhook(self):
                self.event.message["data"]["object"]["name"] = "Lead"

        class Second(BaseWebhook):
            name = "product.created"

            def process_webhook(self):
                seen.append(self.event.message["data"]["object"]["name"])

        assert poster.event(objects.event("product.created", objects.product())) == 200
        assert seen == ["Gold"]

    @pytest.mark.parametrize("base", [ProductCreatedWebhook, BaseWebhook])
    @pytest.mark.parametrize(
        "error", [transactions.LostRace("to another"), OperationalError(1213, "a deadlock")]
    )
    def test_each_attempt_has_its_own_copy_of_the_message(self, poster, own_registry, base, error):
        class Changing(base):
            name = "product.created"
            seen = []

            def process_webhook(self):
                data = self.event.message["data"]["object"]
                Changing.seen.append(data["name"])
                data["name"] = "Lead"
                if len(Changing.seen) == 1:
                    raise error

        assert poster.event(objects.event("product.created", objects.product())) == 200
        assert Changing.seen == ["Gold", "Gold"]


def checkout(user_pk):
    session = {
        "id": "cs_1",
        "object": "checkout.session",
        "customer": "cus_1",
        "client_reference_id": user_pk,
    }
    return objects.event("checkout.session.completed", session)


NO_USERS = ["", "0", "999999", "x", str(2**80), "\0", 7, None]


class TestLinks:
    def test_subscription_before_its_customer_is_linked_later(self, poster):
        assert (
            poster.event(objects.event("customer.subscription.created", objects.subscription()))
            == 200
        )
        assert rows("Subscription").get().customer is None
        assert poster.event(objects.event("customer.created", objects.customer())) == 200
        assert rows("Subscription").get().customer.name == "Ada"

    def test_price_before_its_product_is_linked_later(self, poster):
        assert poster.event(objects.event("price.created", objects.price())) == 200
        assert not rows("Price").for_sale().exists()
        assert poster.event(objects.event("product.created", objects.product())) == 200
        assert rows("Price").for_sale().get().product.name == "Gold"

    def test_event_has_its_customer(self, poster):
        assert poster.event(objects.event("customer.created", objects.customer())) == 200
        card = objects.event("customer.source.created", objects.card())
        assert poster.event(card) == 200
        assert set(rows("Event").values_list("customer__email", flat=True)) == {"ada@example.com"}

    def test_user_named_by_the_metadata_is_linked(self, poster):
        user = get_user_model().objects.create(username="ada", email="ada@example.com")
        data = objects.customer(metadata={"user_id": str(user.pk)})
        assert poster.event(objects.event("customer.created", data)) == 200
        assert rows("Customer").get().user == user

    def test_user_of_a_checkout_is_linked(self, poster):
        user = get_user_model().objects.create(username="ada")
        assert poster.event(objects.event("customer.created", objects.customer())) == 200
        assert rows("Customer").get().user is None
        assert poster.event(checkout(str(user.pk))) == 200
        assert rows("Customer").get().user == user

    @pytest.mark.parametrize("arrival", ["customer.created", "customer.updated", "retrieve"])
    def test_user_of_a_checkout_before_its_customer_is_linked(self, poster, stripe_api, arrival):
        user = get_user_model().objects.create(username="ada")
        for user_pk in ("999999", str(user.pk)):
            assert poster.event(checkout(user_pk)) == 200
        assert not rows("Customer").exists()
        if arrival == "retrieve":
            stripe_api.create("customers", {"id": "cus_1"})
            StripeCustomer.retrieve("cus_1")
        else:
            assert poster.event(objects.event(arrival, objects.customer())) == 200
        assert rows("Customer").get().user == user

    @pytest.mark.parametrize("named", NO_USERS)
    def test_checkout_of_no_user_links_nobody(self, poster, named):
        customer = objects.event("customer.created", objects.customer())
        for message in (checkout(named), customer, checkout(named)):
            assert poster.event(message) == 200
        assert rows("Customer").get().user is None

    @pytest.mark.parametrize("named", NO_USERS)
    def test_user_that_does_not_exist(self, poster, named):
        data = objects.customer(metadata={"user_id": named})
        assert poster.event(objects.event("customer.created", data)) == 200
        assert rows("Customer").get().user is None

    def test_email_links_nobody_unless_asked(self, poster, settings):
        user = get_user_model().objects.create(username="ada", email="Ada@example.com")
        assert poster.event(objects.event("customer.created", objects.customer())) == 200
        assert rows("Customer").get().user is None
        settings.STRIPE_INTEGRATIONS = {
            **settings.STRIPE_INTEGRATIONS,
            "LINK_USERS_BY_EMAIL": True,
        }
        message = objects.event("customer.updated", objects.customer(), created=objects.NOW + 60)
        assert poster.event(message) == 200
        assert rows("Customer").get().user == user


def test_checkout_and_customer_at_once_are_linked(deliver, own_registry):
    """Neither transaction sees the other: the later one to be committed links the user."""
    user = get_user_model().objects.create(username="ada")
    session = {"object": "checkout.session", "id": "cs_1", "customer": "cus_1"}
    done = objects.event(
        "checkout.session.completed", {**session, "client_reference_id": str(user.pk)}
    )
    stored, go = threading.Event(), threading.Event()

    class Slow(CheckoutSessionWebhook):
        def process_webhook(self):
            super().process_webhook()
            stored.set()
            assert go.wait(10)

    def check_out():
        deliver(done)
        connection.close()

    if connection.vendor == "sqlite":  # it has one writer at a time
        go.set()
    thread = threading.Thread(target=check_out)
    thread.start()
    assert stored.wait(10)
    deliver(objects.event("customer.created", objects.customer()))
    go.set()
    thread.join()
    assert rows("Customer").get().user == user


class TestBudget:
    """The statements of the common path: at most four besides BEGIN and COMMIT."""

    @pytest.fixture
    def statements(self, rf, django_assert_max_num_queries):
        from django.test.utils import CaptureQueriesContext

        from stripe_integrations.actions import StripeWebhook

        def count(message):
            with CaptureQueriesContext(connection) as context:
                StripeWebhook.process_webhook(message, verified=True)
            words = [query["sql"].split()[0].upper() for query in context.captured_queries]
            return [word for word in words if word not in ("BEGIN", "COMMIT", "ROLLBACK")]

        return count

    @pytest.mark.parametrize(
        ("kind", "build"),
        [
            ("customer", objects.customer),
            ("customer.source", objects.card),
            ("customer.subscription", objects.subscription),
            ("product", objects.product),
            ("price", objects.price),
            ("coupon", objects.coupon),
        ],
    )
    def test_event_takes_as_few_statements_as_listed(self, statements, kind, build):
        created, updated, unseen, deleted = (
            objects.event(f"{kind}.{verb}", build(**given), created=objects.NOW + seconds)
            for verb, given, seconds in (
                ("created", {}, 0),
                ("updated", {}, 60),
                ("updated", {"id": "unseen_1"}, 60),
                ("deleted", {}, 120),
            )
        )
        # A customer's first row is linked by the checkouts that came before it, or meanwhile.
        links = ["SELECT", "SELECT"] if kind == "customer" else []
        if connection.vendor == "postgresql":
            assert statements(created) == ["WITH", *links[:1]]
            assert statements(updated) == ["WITH"]
            assert statements(unseen) == ["WITH", *links[:1]]
            assert statements(deleted) == ["WITH"]
            return
        # The items of a subscription: those in the list, and those gone.
        parts = ["INSERT", "UPDATE"] if kind == "customer.subscription" else []
        if connection.vendor == "mysql":  # it has no upsert that is guarded
            assert statements(created) == ["INSERT", *parts, "INSERT", *links]
            assert statements(updated) == ["UPDATE", *parts, "INSERT"]
            long_way = ["UPDATE", "INSERT", "UPDATE", "SELECT", "INSERT", *parts, *links]
            assert statements(unseen) == long_way
            assert statements(deleted) == ["UPDATE", *parts, "INSERT"]
        else:
            for event in (created, updated, unseen, deleted):
                assert statements(event) == ["INSERT", *parts, "INSERT", *links]

    def test_customer_with_a_user_takes_few_statements(self, statements):
        user = get_user_model().objects.create(username="ada")
        data = objects.customer(metadata={"user_id": str(user.pk)})
        assert len(statements(objects.event("customer.created", data))) <= 4

    def test_event_whose_object_has_no_key(self, statements):
        # The second one says that the mirror has no row of the object.
        message = objects.event("balance.available", {"object": "balance"})
        assert statements(message) == ["INSERT", "UPDATE"]
