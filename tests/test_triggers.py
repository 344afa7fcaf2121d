"""The row of a request: kept with its event, or in spite of what is rolled back."""

import copy
import json

import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from stripe_integrations import __version__, conf, signals
from stripe_integrations.exceptions import PayloadNotConfirmed, WebhookFailed, WebhookRefused
from stripe_integrations.mirror import statements
from stripe_integrations.models import WebhookEventTrigger
from stripe_integrations.testing import objects, sign
from stripe_integrations.webhooks.products import ProductCreatedWebhook
from tests import conftest, endpoints
from tests.security.conftest import without_table

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGE = objects.event("product.created", objects.product(), id="evt_1")
BODY = objects.body(MESSAGE)


def events():
    return conf.model("Event").objects


def request_to(secret=endpoints.SECRET, body=BODY):
    headers = sign(body, secret)
    return RequestFactory().post(
        "/", body, "application/json", headers={"Stripe-Signature": headers["Stripe-Signature"]}
    )


@pytest.fixture
def endpoint():
    return endpoints.endpoint()


def of_one_event():
    """Return the statements that take an event with a new object, and its trigger."""
    if connection.vendor == "postgresql":
        return ["WITH"]
    return ["BEGIN", "INSERT", "INSERT", "INSERT", "COMMIT"]  # object, event, trigger


class TestKept:
    def test_accepted_request_is_kept_with_its_event(self, poster):
        assert poster.signed(BODY, **{"User-Agent": "Stripe/1.0"}) == 200
        row = endpoints.triggers().get()
        assert (row.valid, row.processed, row.reason) == (True, True, "")
        assert (row.event, row.version) == (events().get(), __version__)
        assert row.remote_ip == "127.0.0.1"
        assert row.headers["User-Agent"] == "Stripe/1.0"
        assert (row.refused_body, row.body) == ("", BODY.decode())
        assert row.json_body() == MESSAGE

    def test_request_is_kept_in_the_events_transaction(self, poster, live_server, rf):
        from stripe_integrations.inbox import receive

        with CaptureQueriesContext(connection) as context:
            receive.receive(request_to(conftest.SECRET))
        words = [query["sql"].split()[0].upper() for query in context.captured_queries]
        assert words == of_one_event()

    def test_nothing_is_built_for_an_accepted_request_that_is_not_kept(self, settings):
        from stripe_integrations.inbox import receive

        refused = {**settings.STRIPE_INTEGRATIONS, "RECORD_TRIGGERS": "refused"}
        settings.STRIPE_INTEGRATIONS = refused
        trigger = receive.receive(request_to(conftest.SECRET))
        assert (trigger.valid, trigger.processed, trigger.pk) == (True, True, None)
        assert (trigger.headers, trigger.remote_ip) == ({}, None)

    def test_endpoint_and_its_secrets_take_one_select(self, endpoint):
        from stripe_integrations.inbox import receive

        with CaptureQueriesContext(connection) as context:
            receive.receive(request_to(), str(endpoint.uuid))
        words = [query["sql"].split()[0].upper() for query in context.captured_queries]
        assert words == ["SELECT", *of_one_event()]

    def test_each_delivery_is_kept(self, poster):
        assert [poster.signed(BODY) for _ in range(3)] == [200] * 3
        assert endpoints.triggers(event=events().get(), valid=True, processed=True).count() == 3

    def test_event_that_nobody_waits_for(self, poster):
        assert poster.event(objects.event("balance.available", {"object": "balance"})) == 200
        assert endpoints.triggers().get().processed

    def test_request_of_a_class_of_the_project_is_processed(self, poster, failing):
        failing.fails = False
        assert poster.signed(BODY) == 200
        assert endpoints.triggers().get().processed

    def test_of_a_class_that_raises(self, poster, failing):
        assert poster.signed(BODY) == 500
        row = endpoints.triggers().get()
        assert (row.valid, row.processed, row.reason) == (True, False, "error")
        assert row.event == events().get()
        assert row.exception.startswith("WebhookFailed: evt_1 is not done with ")
        assert "WebhookFailed" in row.traceback
        failing.fails = False
        assert poster.signed(BODY) == 200
        assert [each.processed for each in endpoints.triggers().order_by("pk")] == [False, True]

    def test_outlives_what_is_rolled_back(self, poster, own_registry):
        class Broken(ProductCreatedWebhook):
            def process_webhook(self):
                super().process_webhook()
                raise RuntimeError("told to fail")

        assert poster.signed(BODY) == 500
        assert not conf.model("Product").objects.exists()
        assert endpoints.triggers(event="evt_1", reason="error").count() == 1

    def test_request_is_kept_once_for_several_attempts(self, poster, own_registry):
        """The first attempt loses a race: its row of the request is undone with it."""
        from stripe_integrations.transactions import LostRace

        class Unlucky(ProductCreatedWebhook):
            tries = 0

            def process_webhook(self):
                super().process_webhook()
                Unlucky.tries += 1
                if Unlucky.tries < 3:
                    raise LostRace("told to")

        assert poster.signed(BODY) == 200
        assert endpoints.triggers().get().event == events().get()

    def test_duplicate_whose_row_cannot_be_kept_is_accepted(self, poster, caplog):
        """The event is done: what is wrong with its audit is nothing to Stripe."""
        assert poster.signed(BODY) == 200
        with without_table("WebhookEventTrigger"):
            assert poster.signed(BODY) == 200
        assert "could not be kept" in caplog.text

    def test_database_that_fails(self, poster, own_registry, monkeypatch):
        """What the request wanted is undone; why is kept, once the database is there again."""

        def fail(*_args, **_kwargs):
            raise OperationalError("the server closed the connection")

        monkeypatch.setattr(conf.model("Event"), "save", fail)
        monkeypatch.setattr(statements, "insert_event", fail)
        assert poster.signed(BODY) == 500
        row = endpoints.triggers().get()
        assert (row.valid, row.reason, row.event_id) == (True, "error", None)
        assert row.exception == "OperationalError: the server closed the connection"


class TestVerbs:
    """What a view of the project's may call itself."""

    def test_trigger_from_a_request_is_processed(self, endpoint):
        trigger = WebhookEventTrigger.from_request(request_to(), webhook_endpoint=endpoint)
        assert (trigger.valid, trigger.processed) == (True, True)
        assert trigger.event == events().get()
        assert trigger.webhook_endpoint == endpoint
        assert endpoints.triggers().get() == trigger

    def test_from_request_that_is_refused(self, endpoint):
        request = request_to("whsec_forged")
        trigger = WebhookEventTrigger.from_request(request, webhook_endpoint=endpoint)
        assert (trigger.valid, trigger.reason) == (False, "no_match")
        assert not events().exists()
        assert endpoints.triggers().get() == trigger

    def test_from_request_that_fails(self, endpoint, failing):
        with pytest.raises(WebhookFailed):
            WebhookEventTrigger.from_request(request_to(), webhook_endpoint=endpoint)
        assert endpoints.triggers(reason="error").count() == 1

    def test_signature_is_verified_with_the_given_secret(self, endpoint):
        refused = WebhookEventTrigger.from_request(
            request_to("whsec_new"), webhook_endpoint=endpoint
        )
        for row in (refused, endpoints.triggers().get()):
            assert row.verify_signature("whsec_new", 300)
            assert not row.verify_signature(endpoints.SECRET, 300)
            assert not row.verify_signature("", 300)

    def test_refused_request_is_validated_and_processed_later(self, endpoint, stripe_api):
        """A refused request whose event Stripe knows: a secret was missing, say."""
        stripe_api.create("products", {"id": "prod_1", "name": "Gold"})
        message = next(iter(stripe_api.events.values()))
        request = request_to("whsec_new", objects.body(message))
        row = WebhookEventTrigger.from_request(request, webhook_endpoint=endpoint)
        row = endpoints.triggers().get(pk=row.pk)
        assert row.validate()
        assert row.validate(api_key="sk_test_2", secret="whsec_new")
        assert not row.validate(secret=endpoints.SECRET)
        assert not row.validate(api_key="sk_test_wrong")
        event = row.process()
        assert (event.status, conf.model("Product").objects.get().name) == ("processed", "Gold")
        row.refresh_from_db()
        assert (row.valid, row.processed, row.event) == (True, True, event)
        assert row.process() == event
        assert endpoints.triggers().count() == 1

    def test_process_what_stripe_says_and_not_what_was_posted(self, endpoint, stripe_api):
        stripe_api.create("products", {"id": "prod_1", "name": "Gold"})
        message = copy.deepcopy(next(iter(stripe_api.events.values())))
        message["data"]["object"]["name"] = "Lead"
        request = request_to("whsec_forged", objects.body(message))
        row = WebhookEventTrigger.from_request(request, webhook_endpoint=endpoint)
        assert not row.validate()
        assert row.process().message["data"]["object"]["name"] == "Gold"
        assert conf.model("Product").objects.get().name == "Gold"

    @pytest.mark.parametrize("account", [None, "acct_1"])
    def test_process_a_body_that_was_cut(self, endpoint, stripe_api, account):
        with stripe_api.acting_for(account):
            stripe_api.create("products", {"id": "gold", "description": "x" * 5000})
            message = next(iter(stripe_api.events.values()))
        if account:
            message = {"id": message["id"], "object": "event", "account": account, **message}
        request = request_to("whsec_new", objects.body(message))
        pk = WebhookEventTrigger.from_request(request, webhook_endpoint=endpoint).pk
        row = endpoints.triggers().get(pk=pk)
        assert not row.validate()
        assert row.process().account == account
        assert conf.model("Product").objects.get().description == "x" * 5000

    def test_process_what_stripe_does_not_know(self, endpoint, stripe_api):
        request = request_to("whsec_new")
        row = WebhookEventTrigger.from_request(request, webhook_endpoint=endpoint)
        assert not row.validate()
        with pytest.raises(PayloadNotConfirmed):
            row.process()
        assert not events().exists()

    @pytest.mark.parametrize("body", [b"", b"nonsense", b"[" * 20_000, b'{"id": "evt_1"'])
    def test_body_that_is_no_json(self, endpoint, body, stripe_api):
        request = request_to("whsec_new", body)
        row = WebhookEventTrigger.from_request(request, webhook_endpoint=endpoint)
        assert row.json_body() == {}
        assert not row.validate()
        with pytest.raises(WebhookRefused):
            row.process()


class TestSignals:
    @pytest.fixture
    def heard(self):
        """Listen to each signal, and return what is heard."""
        heard, receivers = [], []
        for name in (
            "webhook_pre_validate",
            "webhook_post_validate",
            "webhook_pre_process",
            "webhook_post_process",
            "webhook_processing_error",
        ):

            def receiver(sender, instance, signal, name=name, **given):
                assert sender is WebhookEventTrigger
                in_database = events().count(), conf.model("Product").objects.count()
                heard.append((name.removeprefix("webhook_"), given, in_database))

            getattr(signals, name).connect(receiver)
            receivers.append((getattr(signals, name), receiver))
        yield heard
        for signal, receiver in receivers:
            signal.disconnect(receiver)

    def test_good_request_sends_four_signals(self, poster, heard):
        assert poster.signed(BODY) == 200
        assert heard == [
            ("pre_validate", {}, (0, 0)),
            ("post_validate", {"valid": True}, (0, 0)),
            ("pre_process", {}, (0, 0)),
            ("post_process", {}, (1, 1)),
        ]

    def test_refused_request_sends_two_signals(self, poster, heard):
        assert poster.signed(BODY, "whsec_forged") == 400
        assert heard == [
            ("pre_validate", {}, (0, 0)),
            ("post_validate", {"valid": False}, (0, 0)),
        ]

    def test_of_one_that_fails(self, poster, heard, failing):
        assert poster.signed(BODY) == 500
        *_, (name, given, in_database) = heard
        assert (name, in_database) == ("processing_error", (1, 1))
        assert isinstance(given["exception"], WebhookFailed)
        assert [each[0] for each in heard[:-1]] == ["pre_validate", "post_validate", "pre_process"]

    def test_receiver_that_raises_changes_nothing(self, poster, caplog):
        def receiver(**_given):
            raise RuntimeError("told to fail")

        signals.webhook_pre_process.connect(receiver)
        try:
            assert poster.signed(BODY) == 200
        finally:
            signals.webhook_pre_process.disconnect(receiver)
        assert "told to fail" in caplog.text


def test_message_is_the_body(poster):
    """What is read through the event is what was posted, to the letter."""
    body = json.dumps(MESSAGE, indent=3).encode()
    assert poster.signed(body) == 200
    assert endpoints.triggers().get().body == body.decode()
