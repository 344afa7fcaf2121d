"""What Prometheus reads, by the official parsers."""

import time

import pytest
from django.urls import include, path
from prometheus_client import CollectorRegistry
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families as parse_text

from stripe_integrations import conf, counters
from stripe_integrations.prometheus import PREFIX, HealthCollector, metrics_view
from stripe_integrations.testing import objects
from tests.admin import rows

urlpatterns = [path("metrics", metrics_view), path("", include("tests.urls"))]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls(__name__)]

OPENMETRICS = "application/openmetrics-text; version=1.0.0"


def read(client, accept="text/plain"):
    """Return name and labels -> value of each sample."""
    answer = client.get("/metrics", headers={"Accept": accept})
    assert answer.status_code == 200
    is_openmetrics = answer["Content-Type"].startswith("application/openmetrics-text")
    assert is_openmetrics == (accept == OPENMETRICS)
    parse = parse_openmetrics if is_openmetrics else parse_text
    families = list(parse(answer.content.decode()))
    assert all(family.name.startswith(PREFIX) for family in families)
    assert all(family.documentation for family in families)
    return {
        (sample.name.removeprefix(PREFIX), *sorted(sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.parametrize("accept", ["text/plain", OPENMETRICS])
def test_metrics_are_what_was_sent(client, poster, failing, accept):
    now = int(time.time())
    for number, ago in enumerate((0, 8, 100_000), 1):
        message = objects.event(
            "coupon.created", objects.coupon(id=f"c_{number}"), created=now - ago
        )
        assert poster.event(message) == 200
    product = objects.event("product.created", objects.product())
    assert poster.event(product) == 500
    assert poster.signed(b"{}", secret="whsec_of_somebody_else") == 400
    rows.mirror("Price", in_doubt=True)
    conf.model("EventCursor").objects.create(account="", read_to=now - 500)
    key = f"{failing.__module__}.{failing.__qualname__}"
    found = read(client, accept)
    assert found["events_total", "processed"] == 3
    assert found["events_total", "failed"] == 1
    assert found["events_total", "error"] == 0  # there from the beginning, so that rate() sees it
    assert found["api_reads_total", "not_asked"] == 0
    assert found["failures_total", key] == 1
    assert found["refusals_total", "", "no_match"] == 1
    lag = {labels[0]: value for (name, *labels), value in found.items() if "lag" in name and labels}
    assert lag["10.0"] == 2
    assert lag["86400.0"] == 2
    assert lag["+Inf"] == found["delivery_lag_seconds_count",] == 3
    assert found["delivery_lag_seconds_sum",] >= 100_008
    assert found["open_events", "failed"] == 1
    assert found["oldest_open_event_seconds", "received"] == 0
    assert found["objects_in_doubt", "price"] == 1
    assert 500 <= found["catch_up_age_seconds", "own"] < 560
    conf.model("HealthCount").objects.exclude(minute=0).delete()  # as after seven days
    assert read(client, accept)["events_total", "processed"] == 3


def test_nothing_has_happened_yet(client):
    found = read(client)
    assert found["open_events", "failed"] == 0
    assert found["delivery_lag_seconds_count",] == 0
    assert client.post("/metrics").status_code == 405


def test_collector_is_registered_without_a_query(django_assert_num_queries):
    registry = CollectorRegistry(auto_describe=True)
    with django_assert_num_queries(0):
        registry.register(HealthCollector())
    counters.count("events", "processed")
    value = registry.get_sample_value(f"{PREFIX}events_total", {"state": "processed"})
    assert value == 1
