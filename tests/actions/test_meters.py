from datetime import datetime, timezone
from decimal import Decimal

import pytest
import stripe

from stripe_integrations.actions import StripeCustomer, StripeMeter
from tests.actions.cases_of_catalog import held_events, inactive_meter, meter, metered
from tests.actions.verb_case import customer, user

pytestmark = pytest.mark.django_db(transaction=True)

NOON = datetime(2026, 11, 30, 12, 0, 0, 250_000, tzinfo=timezone.utc)


def payloads(api):
    return [each["payload"] for each in held_events(api)]


def test_usage_is_told_of_a_users_customer(stripe_api):
    meter(stripe_api)
    ada = user()
    owner = StripeCustomer.create(ada)
    event = StripeMeter.record("calls", ada, 25)
    assert (event["object"], event["event_name"]) == ("billing.meter_event", "calls")
    assert payloads(stripe_api) == [{"stripe_customer_id": owner.pk, "value": "25"}]


@pytest.mark.parametrize(
    ("value", "told"), [(25, "25"), (Decimal("0.5"), "0.5"), (Decimal("1E+3"), "1000")]
)
def test_value_is_told_as_a_plain_number(stripe_api, value, told):
    name = metered(stripe_api)
    StripeMeter.record(name, "cus_ada", value)
    assert payloads(stripe_api)[0]["value"] == told


def test_equal_calls_without_a_time_count_each(stripe_api):
    name = metered(stripe_api)
    for _ in range(2):
        StripeMeter.record(name, "cus_ada", 1)
    assert len(payloads(stripe_api)) == 2


@pytest.mark.parametrize("once", [{"identifier": "job 7"}, {"timestamp": NOON}])
def test_equal_calls_of_one_time_or_identifier_count_once(stripe_api, once):
    name = metered(stripe_api)
    events = [StripeMeter.record(name, "cus_ada", 1, **once) for _ in range(2)]
    assert events[0] == events[1]
    assert len(payloads(stripe_api)) == 1


def test_identifier_is_taken_as_it_is_and_refused_for_another_value(stripe_api):
    name = metered(stripe_api)
    assert StripeMeter.record(name, "cus_ada", 1, identifier="job 7")["identifier"] == "job 7"
    with pytest.raises(stripe.InvalidRequestError, match="already exists with identifier job 7"):
        StripeMeter.record(name, "cus_ada", 2, identifier="job 7")


def test_moments_within_one_second_are_two(stripe_api):
    name = metered(stripe_api)
    for moment in (NOON, NOON.replace(microsecond=750_000)):
        event = StripeMeter.record(name, "cus_ada", 1, timestamp=moment)
        assert event["timestamp"] == int(NOON.timestamp())
    assert len(payloads(stripe_api)) == 2


def test_meters_own_keys_and_dimensions_are_in_the_payload(stripe_api):
    customer(stripe_api)
    keys = {
        "customer_mapping": {"event_payload_key": "who", "type": "by_id"},
        "value_settings": {"event_payload_key": "tokens"},
    }
    StripeMeter.create("Tokens", "tokens", **keys)
    StripeMeter.record("tokens", "cus_ada", 7, model="large")
    assert payloads(stripe_api) == [{"who": "cus_ada", "tokens": "7", "model": "large"}]


def test_inactive_meter_takes_no_usage(stripe_api):
    row = inactive_meter(stripe_api)
    customer(stripe_api)
    with pytest.raises(stripe.InvalidRequestError, match="No active meter"):
        StripeMeter.record(row.event_name, "cus_ada", 1)


def test_verb_that_the_status_does_not_allow_is_refused(stripe_api):
    row = meter(stripe_api)
    with pytest.raises(stripe.InvalidRequestError):
        StripeMeter.reactivate(row)
    assert StripeMeter.deactivate(row).status == row.status == "inactive"
    with pytest.raises(stripe.InvalidRequestError):
        StripeMeter.deactivate(row)


def test_inactive_meter_is_not_handed_out_again(stripe_api):
    first = StripeMeter.create("Calls", "calls", formula="count")
    assert first.aggregation == "count"
    assert StripeMeter.create("Calls", "calls", formula="count") == first
    StripeMeter.deactivate(first)
    assert StripeMeter.create("Calls", "calls", formula="count") != first
