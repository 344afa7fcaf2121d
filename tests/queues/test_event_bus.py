"""What an event bus posts: with the right key it is taken, and each answer says what to do."""

import json

import pytest

from stripe_integrations import conf
from stripe_integrations.testing import objects
from tests.queues.bus_envelopes import (
    BAD,
    ENVELOPES,
    cloud_event,
    created,
    event_grid,
    eventbridge,
)

pytestmark = pytest.mark.django_db(transaction=True)

KEY = "k" * 40
OTHER_KEY = "o" * 40
SENT = {"X-Stripe-Integrations-Key": KEY}
PATH = "/stripe/bus"


def rows(name):
    return conf.model(name).objects


def use(settings, **values):
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, **values}


@pytest.fixture(params=ENVELOPES, ids=lambda envelope: envelope.__name__)
def envelope(request):
    return request.param


@pytest.fixture
def bus(poster, settings):
    """Posts to the bus's address, with its key; returns the status."""
    use(settings, EVENT_BUS_KEY=KEY)

    def post(message, headers=SENT, path=PATH):
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        return poster.send(body, {"Content-Type": "application/json", **headers}, path=path)[0]

    return post


class TestHttp:
    def test_event_takes_effect(self, bus, envelope):
        assert bus(envelope(created())) == 200
        assert (rows("Event").count(), rows("Product").count()) == (1, 1)

    @pytest.mark.parametrize("path", ["/stripe/bus", "/stripe/bus/", "/slashed/stripe/bus/"])
    def test_slash_makes_no_difference(self, bus, path):
        assert bus(eventbridge(created()), path=path) == 200
        assert rows("Event").count() == 1

    def test_event_of_both_ways_takes_effect_once(self, bus, poster):
        assert bus(eventbridge(created())) == 200
        assert poster.event(created()) == 200
        assert bus(cloud_event(created())) == 200
        assert (rows("Event").count(), rows("Product").get().version) == (1, 1)

    def test_batch_is_taken_one_by_one(self, bus, envelope):
        batch = [envelope(created(f"evt_{n}", f"prod_{n}")) for n in range(3)]
        assert bus(batch) == 200
        assert (rows("Event").count(), rows("Product").count()) == (3, 3)

    def test_bad_one_of_a_batch_keeps_no_other_from_being_taken(self, bus, caplog):
        batch = [cloud_event(created()), {"data": 1}, cloud_event(created("evt_2", "prod_2"))]
        assert bus(batch) == 400
        assert (rows("Event").count(), rows("Product").count()) == (2, 2)
        assert "refused at event_bus with 400" in caplog.text

    def test_failing_one_of_a_batch_is_a_500_until_it_is_done(self, bus, failing):
        batch = [
            cloud_event(created()),
            {"data": 1},
            cloud_event(objects.event("coupon.created", objects.coupon(), id="evt_2")),
        ]
        assert bus(batch) == 500
        assert rows("Coupon").count() == 1
        failing.fails = False
        assert bus(batch) == 400
        assert set(rows("Event").values_list("status", flat=True)) == {"processed"}
        assert rows("Coupon").get().version == 1

    def test_queue_that_does_not_answer_is_a_500_and_the_retry_queues(
        self, bus, own_queue, settings
    ):
        own_queue.fails = True
        assert bus(eventbridge(created())) == 500
        own_queue.fails = False
        assert bus(eventbridge(created())) == 200
        assert own_queue.given == ["evt_1"]

    @pytest.mark.parametrize("name", [name for name in BAD if name != "list"])
    def test_bad_envelope_is_a_400(self, bus, name):
        assert bus(BAD[name]) == 400
        assert rows("Event").count() == 0

    @pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"[" * 100_000])
    def test_body_without_envelopes_is_a_400(self, bus, body):
        assert bus(body) == 400
        assert rows("Event").count() == 0

    def test_long_body_is_a_413(self, bus, settings):
        use(settings, MAX_BODY=100)
        assert bus(eventbridge(created())) == 413

    def test_other_methods_are_refused(self, bus, poster):
        assert [poster.send(b"", SENT, method, PATH)[0] for method in ("GET", "PUT")] == [405] * 2


class TestKey:
    @pytest.mark.parametrize(
        "headers", [SENT, {"Authorization": f"Bearer {KEY}"}, {"authorization": f"bearer  {KEY} "}]
    )
    def test_key_in_either_header_is_taken(self, bus, headers):
        assert bus(eventbridge(created()), headers) == 200

    def test_each_key_of_a_list_is_taken(self, bus, settings):
        use(settings, EVENT_BUS_KEY=[OTHER_KEY, KEY])
        for key in (KEY, OTHER_KEY):
            assert bus(eventbridge(created()), {"X-Stripe-Integrations-Key": key}) == 200

    @pytest.mark.parametrize(
        "headers",
        [
            {},
            {"X-Stripe-Integrations-Key": ""},
            {"X-Stripe-Integrations-Key": OTHER_KEY},
            {"X-Stripe-Integrations-Key": KEY[:-1]},
            {"X-Stripe-Integrations-Key": OTHER_KEY, "Authorization": f"Bearer {KEY}"},
            {"X-Stripe-Integrations-Key": "schlüssel".encode("latin-1")},
            {"Authorization": f"Bearer {OTHER_KEY}"},
            {"Authorization": f"Basic {KEY}"},
            {"Authorization": KEY},
        ],
    )
    def test_request_without_the_key_is_a_401(self, bus, headers, caplog):
        assert bus(eventbridge(created()), headers) == 401
        assert rows("Event").count() == 0
        assert not any(key in caplog.text for key in (KEY[:-1], OTHER_KEY))

    @pytest.mark.parametrize("setting", [None, "", " ", [], [""]])
    def test_without_the_setting_nothing_is_taken(self, bus, settings, setting):
        use(settings, EVENT_BUS_KEY=setting)
        for headers in (SENT, {}, {"X-Stripe-Integrations-Key": str(setting or "")}):
            assert bus(eventbridge(created()), headers) == 401
        assert rows("Event").count() == 0

    def test_refused_request_stores_no_key(self, bus):
        assert bus(eventbridge(created()), {"X-Stripe-Integrations-Key": OTHER_KEY}) == 401
        stored = [str(row) for row in rows("WebhookEventTrigger").values()]
        assert len(stored) == 1
        assert OTHER_KEY not in stored[0]

    def test_repr_hides_the_keys(self, settings):
        use(settings, EVENT_BUS_KEY=KEY)
        assert KEY not in repr(conf.event_bus_keys())


VALIDATION = [
    {
        **event_grid(created()),
        "eventType": "Microsoft.EventGrid.SubscriptionValidationEvent",
        "data": {"validationCode": "512d38b6", "validationUrl": "https://rp.example/validate"},
    }
]
ASKED = {"aeg-event-type": "SubscriptionValidation"}


class TestHandshakes:
    def test_code_of_event_grid_is_sent_back(self, bus, poster):
        status, body = poster.send(json.dumps(VALIDATION), ASKED, path=PATH)
        assert (status, json.loads(body)) == (200, {"validationResponse": "512d38b6"})

    def test_events_that_call_themselves_a_validation_are_not_taken(self, bus):
        assert bus([event_grid(created())], ASKED) == 400
        assert rows("Event").count() == 0

    def test_code_of_another_event_is_not_sent_back(self, bus):
        assert bus([{**VALIDATION[0], "eventType": "product.created"}], ASKED) == 400

    @pytest.mark.parametrize("code", [None, "", 1, "x" * 1000])
    def test_validation_without_a_code_is_a_400(self, bus, code):
        assert bus([{**VALIDATION[0], "data": {"validationCode": code}}], ASKED) == 400

    def test_wrong_key_fails_the_validation(self, bus):
        assert bus(VALIDATION, {**ASKED, "X-Stripe-Integrations-Key": OTHER_KEY}) == 401

    @pytest.mark.parametrize("setting", [None, "", [" "]])
    def test_without_the_setting_no_subscription_is_validated(self, bus, client, settings, setting):
        use(settings, EVENT_BUS_KEY=setting)
        assert bus(VALIDATION, ASKED) == 401
        asked = client.options(PATH, headers={"WebHook-Request-Origin": "eventgrid.azure.net"})
        assert asked.status_code == 401

    def test_origin_of_cloud_events_is_allowed(self, bus, client):
        asked = client.options(PATH, headers={"WebHook-Request-Origin": "eventgrid.azure.net"})
        assert asked.status_code == 200
        assert asked["WebHook-Allowed-Origin"] == "eventgrid.azure.net"
        assert asked["WebHook-Allowed-Rate"] == "*"

    def test_other_options_are_refused(self, bus, client):
        assert client.options(PATH).status_code == 405
        odd = client.options(PATH, headers={"WebHook-Request-Origin": "<script>"})
        assert odd.status_code == 400
