"""The server cuts a connection at any call; what the same thread does next works."""

import io
import re
import threading
from datetime import timedelta
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
from django.contrib.auth import get_user_model
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from stripe_integrations import conf, queues, transactions
from stripe_integrations.actions import StripeEventAction
from stripe_integrations.exceptions import WebhookFailed
from stripe_integrations.testing import objects
from stripe_integrations.webhooks import BaseWebhook
from tests import cutting
from tests.conftest import Poster

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor == "sqlite", reason="A file has no server that could cut a connection."
    ),
]

#: More calls than any of these stories makes.
ENOUGH = 500


@pytest.fixture(params=[0, 60, None])
def max_age(request, monkeypatch):
    connection.close()
    monkeypatch.setitem(connections.settings["default"], "CONN_MAX_AGE", request.param)
    return request.param


@pytest.fixture
def scissors(max_age, monkeypatch):
    return cutting.install(monkeypatch)


@pytest.fixture(autouse=True)
def counting(own_registry):
    class Counting(BaseWebhook):
        name = "product"

        def process_webhook(self):
            get_user_model().objects.create(username=self.event.pk)


@pytest.fixture
def one_thread_server(scissors, settings):
    """A server that answers all its requests in one thread, on connections that it keeps."""

    class Quiet(WSGIRequestHandler):
        def log_message(self, *args):
            """Keep the output of the tests clean."""

    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    server = make_server("127.0.0.1", 0, WSGIHandler(), handler_class=Quiet)

    def serve():
        scissors.thread = threading.get_ident()
        server.serve_forever(poll_interval=0.01)
        connections.close_all()

    thread = threading.Thread(target=serve)
    thread.start()
    poster = Poster(f"http://127.0.0.1:{server.server_port}")
    yield poster
    poster.close()
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def in_one_thread(scissors):
    """Call something in this thread, which is the one that is cut off, as a worker's loop does."""
    scissors.thread = threading.get_ident()
    yield
    scissors.thread = None
    connection.close()
    del connections["default"]  # where it was left unusable, no other test is to suffer from it


def message(id):
    return objects.event("product.created", objects.product(f"prod_{id}"), id=id)


def effects(*ids):
    users = get_user_model().objects.filter(username__in=ids)
    return sorted(users.values_list("username", flat=True))


def numbers(scissors):
    """Return the numbers of all calls, as long as there was one to cut at."""
    for number in range(1, ENOUGH):
        yield number
        if scissors.was is None:
            return
    raise AssertionError("There is no end to the calls.")


def seen(calls):
    """Check that the cuts were at each kind of call."""
    assert {"_set_autocommit", "_commit", "create_cursor"} <= set(calls)
    assert len(calls) > 8


class TestRequest:
    def test_request_is_cut_off_the_next_ones_are_answered_200(self, one_thread_server, scissors):
        calls = []
        for number in numbers(scissors):
            hit, *later = (f"evt_{number}x{place}" for place in range(4))
            with scissors.cutting(number):
                status = one_thread_server.event(message(hit))
            assert status in (200, 500)
            statuses = [one_thread_server.event(message(id)) for id in later]
            assert statuses == [200, 200, 200], (number, scissors.was, calls)
            assert one_thread_server.event(message(hit)) == 200
            assert effects(hit, *later) == [hit, *later]
            calls.append(scissors.was)
        seen(calls)

    def test_request_of_a_failing_class_is_cut_off_the_next_ones_are_answered_200(
        self, one_thread_server, scissors, failing
    ):
        calls = []
        for number in numbers(scissors):
            hit, *later = (f"evt_{number}x{place}" for place in range(4))
            failing.fails = True
            with scissors.cutting(number):
                assert one_thread_server.event(message(hit)) == 500
            failing.fails = False
            statuses = [one_thread_server.event(message(id)) for id in (*later, hit)]
            assert statuses == [200, 200, 200, 200], (number, scissors.was, calls)
            assert effects(hit, *later) == [hit, *later]
            calls.append(scissors.was)
        seen(calls)


def stored(number, events=4):
    ids = [f"evt_{number}x{place}" for place in range(events)]
    for id in ids:
        body = message(id)
        given = (body[key] for key in ("type", "livemode", "api_version"))
        StripeEventAction.add(id, *given, body)
    return ids


class TestTask:
    def test_task_is_cut_off_the_next_ones_are_done(self, in_one_thread, scissors):
        calls = []
        for number in numbers(scissors):
            hit, *later = stored(number)
            with scissors.cutting(number):
                try:
                    queues.process(hit)
                except (WebhookFailed, DatabaseError):
                    assert scissors.was
            for id in (*later, hit):
                queues.process(id)
            assert effects(hit, *later) == [hit, *later]
            calls.append(scissors.was)
        seen(calls)

    def test_connection_is_cut_between_tasks_the_next_one_is_done(self, max_age):
        for id in stored(1):
            cutting.cut_one(connection)
            queues.process(id)
            assert effects(id) == [id]


class TestCommand:
    def test_replay_is_cut_off_the_other_event_and_the_next_run_are_done(
        self, in_one_thread, scissors
    ):
        calls = []
        for number in numbers(scissors):
            ids = stored(number, events=2)
            out = io.StringIO()
            with scissors.cutting(number):
                try:
                    call_command("stripe_replay", *ids, stdout=out)
                except CommandError:
                    assert scissors.was
            assert re.match("[12] processed", out.getvalue()), (number, scissors.was)
            call_command("stripe_replay", *ids, stdout=io.StringIO())
            assert effects(*ids) == ids
            calls.append(scissors.was)
        seen(calls)


class Story:
    """A command with something to do, and what is there once it has done that."""

    def __init__(self, stripe_api):
        self.api = stripe_api
        stripe_api.create("products", {"id": "prod_1", "name": "Gold"})
        (self.message,) = stripe_api.events.values()
        self.events, self.products, self.others = (
            conf.model(name).objects for name in ("Event", "Product", "StripeObject")
        )

    def empty(self):
        get_user_model().objects.all().delete()
        self.events.all().delete()
        self.products.all().delete()
        conf.model("EventCursor").objects.all().delete()

    def one_product(self):
        return list(self.products.values_list("pk", "name", "in_doubt")) == [
            ("prod_1", "Gold", False)
        ]

    # What each begins with, and whether it is done.

    def before_stripe_catch_up(self):
        """The event of the product never arrived; one slice is to be read."""
        cursors = conf.model("EventCursor").objects
        cursors.create(pk="", read_to=self.message["created"] - 60)

    def after_stripe_catch_up(self):
        # An event that was stored and then cut off is not missing: `stripe_replay` is for those.
        call_command("stripe_replay", self.message["id"], stdout=io.StringIO())
        return self.one_product() and self.events.get().status == "processed"

    def before_stripe_verify(self):
        data = {**self.message["data"]["object"], "name": "Stale"}
        self.products.create(id="prod_1", name="Stale", stripe_data=data, in_doubt=True)

    def after_stripe_verify(self):
        return self.one_product()

    def before_stripe_remap(self):
        data = self.message["data"]["object"]
        self.products.create(id="prod_1", stripe_data=data)

    def after_stripe_remap(self):
        return self.one_product()

    def before_stripe_prune(self):
        then = timezone.now() - timedelta(days=100)
        self.events.create(id="evt_old", body="{}", status="processed")
        self.events.update(received_at=then)

    def after_stripe_prune(self):
        return self.events.get().body == ""

    def before_stripe_endpoint(self):
        """There is no endpoint, here or at Stripe."""

    def after_stripe_endpoint(self):
        return True


COMMANDS = [
    ("stripe_catch_up",),
    ("stripe_verify", "product", "--fix"),
    ("stripe_verify", "product", "--doubtful"),
    ("stripe_remap", "product"),
    ("stripe_prune", "--older-than", "1d"),
    ("stripe_endpoint", "sync"),
]


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
class TestEachCommand:
    @pytest.fixture
    def story(self, stripe_api):
        return Story(stripe_api)

    def run(self, command):
        call_command(*command, stdout=io.StringIO(), stderr=io.StringIO())

    def before(self, story, command):
        story.empty()
        getattr(story, f"before_{command[0]}")()

    def is_done(self, story, command):
        return getattr(story, f"after_{command[0]}")()

    def test_command_is_cut_off_its_next_run_is_done(self, in_one_thread, scissors, story, command):
        calls = []
        for number in numbers(scissors):
            self.before(story, command)
            with scissors.cutting(number):
                try:
                    self.run(command)
                except (CommandError, DatabaseError):
                    assert scissors.was
            self.run(command)
            assert self.is_done(story, command), (number, scissors.was)
            calls.append(scissors.was)
        assert len(calls) > 2

    def test_connection_is_cut_before_it_begins_it_is_done(self, max_age, story, command):
        self.before(story, command)
        cutting.cut_one(connection)
        self.run(command)
        assert self.is_done(story, command)


class TestCallersTransaction:
    def test_failure_inside_it_leaves_its_connection_alone(self):
        users = get_user_model().objects
        with transaction.atomic():
            users.create(username="before")
            ours = cutting.number(connection)
            with pytest.raises(DatabaseError), transaction.atomic():
                transactions.run_atomic(lambda: connection.cursor().execute("nonsense"), "default")
            users.create(username="after")
            assert cutting.number(connection) == ours
        assert effects("before", "after") == ["after", "before"]

    def test_connection_is_cut_inside_it_the_error_reaches_the_caller(self):
        def work():
            with transaction.atomic():
                get_user_model().objects.create(username="before")
                cutting.cut_one(connection)
                transactions.run_atomic(lambda: effects(), "default")

        with pytest.raises(DatabaseError):
            work()
        assert effects("before") == []
        get_user_model().objects.create(username="after")

    def test_connection_is_cut_with_autocommit_off_the_error_reaches_the_caller(self):
        transaction.set_autocommit(False)
        get_user_model().objects.create(username="before")
        cutting.cut_one(connection)
        for using in (transactions.run_atomic, transactions.run_query):
            with pytest.raises(DatabaseError):
                using(lambda: effects("before"), "default")
        connection.close()
        assert effects("before") == []
