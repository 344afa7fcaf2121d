"""Events that come through Amazon EventBridge or Azure Event Grid, to the same inbox."""

import json

import pytest
from celery import Celery, current_app
from django.db import transaction

from stripe_integrations import conf
from stripe_integrations.exceptions import PayloadRefused, WebhookFailed
from stripe_integrations.queues import celery, process
from stripe_integrations.queues.eventbridge import accept_envelope
from stripe_integrations.testing import objects
from tests.queues.bus_envelopes import BAD, ENVELOPES, created, eventbridge

pytestmark = pytest.mark.django_db(transaction=True)


def rows(name):
    return conf.model(name).objects


@pytest.fixture(params=ENVELOPES, ids=lambda envelope: envelope.__name__)
def envelope(request):
    return request.param


class TestFunction:
    def test_event_takes_effect(self, envelope):
        row = accept_envelope(envelope(created()))
        assert (row.pk, row.status) == ("evt_1", "processed")
        assert rows("Event").get().body == json.dumps(created())
        assert rows("Product").get().pk == "prod_1"

    def test_event_of_both_ways_takes_effect_once(self, poster, envelope):
        assert poster.event(created()) == 200
        accept_envelope(envelope(created()))
        accept_envelope(envelope(created()))
        assert rows("Event").count() == 1
        assert rows("Product").get().version == 1

    def test_older_event_of_the_bus_changes_nothing(self, poster):
        newer = objects.event(
            "product.updated", objects.product(name="New"), created=objects.NOW + 60
        )
        older = objects.event("product.updated", objects.product(name="Old"))
        assert poster.event(newer) == 200
        accept_envelope(eventbridge(older))
        assert (rows("Event").count(), rows("Product").get().name) == (2, "New")

    def test_event_of_a_connected_account_is_its_own(self, envelope):
        accept_envelope(envelope(created(account="acct_1")))
        assert rows("Event").get().account == "acct_1"
        assert rows("Product").get().account == "acct_1"

    def test_thin_event_is_read_from_the_api(self, stripe_api, envelope):
        stripe_api.create("products", {"id": "prod_1", "name": "Gold"})
        thin = objects.thin_event("v1.product.created", "product", "prod_1")
        row = accept_envelope(envelope(thin))
        assert (row.kind, row.status) == ("v1.product.created", "processed")
        assert rows("Product").get().name == "Gold"

    def test_event_of_the_other_mode_is_ignored(self):
        assert accept_envelope(eventbridge(created(livemode=True))).status == "ignored"
        assert rows("Product").count() == 0

    def test_queue_takes_the_event(self, own_queue):
        accept_envelope(eventbridge(created()))
        assert (own_queue.given, rows("Product").count()) == (["evt_1"], 0)
        process("evt_1")
        assert rows("Product").count() == 1

    def test_failing_class_raises_and_the_next_delivery_runs_it(self, failing):
        with pytest.raises(WebhookFailed):
            accept_envelope(eventbridge(created()))
        assert rows("Event").get().status == "failed"
        failing.fails = False
        assert accept_envelope(eventbridge(created())).status == "processed"

    def test_transaction_of_the_callers_is_refused(self):
        with transaction.atomic(), pytest.raises(RuntimeError):
            accept_envelope(eventbridge(created()))

    @pytest.mark.parametrize("name", BAD)
    def test_bad_envelope_is_refused(self, name):
        with pytest.raises(PayloadRefused):
            accept_envelope(BAD[name])
        assert rows("Event").count() == 0


@pytest.fixture
def eager():
    """Celery, whose tasks run at once."""
    before = current_app._get_current_object()
    app = Celery("tests")
    app.conf.task_always_eager = True
    yield app
    before.set_current()
    app.close()


class Attempts(list):
    """The ids of the events that were passed to `accept_envelope`."""

    before = staticmethod(lambda: None)


@pytest.fixture
def attempts(monkeypatch):
    given = Attempts()

    def count(envelope):
        given.append(envelope["detail"]["id"])
        given.before()
        return accept_envelope(envelope)

    monkeypatch.setattr(celery.eventbridge, "accept_envelope", count)
    return given


class TestTask:
    def test_event_takes_effect(self, eager):
        assert celery.accept_from_bus.delay(eventbridge(created())).successful()
        assert rows("Product").count() == 1

    def test_failing_class_is_tried_again(self, eager, failing, attempts):
        attempts.before = lambda: setattr(failing, "fails", len(attempts) == 1)
        celery.accept_from_bus.delay(eventbridge(created()))
        assert attempts == ["evt_1", "evt_1"]
        assert rows("Event").get().status == "processed"

    def test_bad_envelope_is_not_tried_again(self, eager, attempts):
        result = celery.accept_from_bus.delay(eventbridge({**created(), "created": None}))
        assert isinstance(result.result, PayloadRefused)
        assert attempts == ["evt_1"]
