"""The health of the installation for Prometheus, by prometheus_client: the extra `prometheus`.

::

    urlpatterns = [path("metrics", protected(metrics_view))]  # who may read it is yours to say

Or, where the project has a page of its own: `REGISTRY.register(HealthCollector())`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from stripe_integrations import counters
from stripe_integrations.choices import ApiReadResult, Counted, EventStatus
from stripe_integrations.operations import figures, health

try:
    from prometheus_client import CollectorRegistry
    from prometheus_client.core import (
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
        Metric,
    )
    from prometheus_client.exposition import choose_encoder
    from prometheus_client.registry import Collector
except ImportError as error:
    raise ImportError(
        'metrics_view needs prometheus_client: pip install "stripe-integrations[prometheus]".'
    ) from error

__all__ = ["HealthCollector", "metrics_view"]

PREFIX = "stripe_integrations_"
#: What may become of an event. Each is there from the beginning: of a series that begins with its
#: first count, Prometheus sees no increase.
STATES = (*EventStatus.values, counters.ERROR)


class HealthCollector(Collector):
    """The counts of all processes, as they are in the database, and what is now.

    So every process answers the same, and the directory of prometheus_client's multi-process mode
    is not needed.
    """

    def describe(self) -> Iterable[Metric]:
        """Return the metrics without their values, which need the database."""
        yield from _counters(figures.Figures())
        yield from _gauges(health.NOTHING)

    def collect(self) -> Iterable[Metric]:
        """Return the metrics."""
        counters.flush()
        yield from _counters(figures.of_all_time())
        yield from _gauges(health.look())


@require_safe
def metrics_view(request: HttpRequest) -> HttpResponse:
    """Answer in the format that Prometheus asks for."""
    registry = CollectorRegistry()
    registry.register(HealthCollector())
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return HttpResponse(encode(registry), content_type=content_type)


def _counters(found: figures.Figures) -> Iterator[Metric]:
    for name, metric, label, known, what in (
        (Counted.EVENTS, "events", "state", STATES, "Deliveries of events, by what became of it."),
        (Counted.FAILURES, "failures", "webhook", (), "Failures of webhook classes."),
        (Counted.API_READS, "api_reads", "result", ApiReadResult.values, "Reads of Stripe's API."),
    ):
        family = CounterMetricFamily(PREFIX + metric, what, labels=[label])
        for value, count in {**dict.fromkeys(known, 0), **found.counts(name)}.items():
            family.add_metric([value], count)
        yield family
    refusals = CounterMetricFamily(
        f"{PREFIX}refusals", "Requests that were refused.", labels=["reason", "endpoint"]
    )
    for (reason, endpoint), count in found.refusals.items():
        refusals.add_metric([reason, endpoint], count)
    yield refusals
    yield HistogramMetricFamily(
        f"{PREFIX}delivery_lag_seconds",
        "From the creation of an event at Stripe to the answer 200.",
        buckets=[
            ("+Inf" if bound == float(counters.ENDLESS) else str(bound), count)
            for bound, count in found.lag_buckets
        ],
        sum_value=found.total(Counted.LAG_SECONDS),
    )


def _gauges(state: health.State) -> Iterator[Metric]:
    backlogs = {
        EventStatus.FAILED.value: state.failed,
        EventStatus.RECEIVED.value: state.waiting,
    }
    open_events = {label: backlog.count for label, backlog in backlogs.items()}
    ages = {label: backlog.age or 0 for label, backlog in backlogs.items()}
    for metric, label, what, values in (
        ("open_events", "state", "Events that failed or wait, 1000 at most.", open_events),
        ("oldest_open_event_seconds", "state", "Age of the oldest of these, 0 if none.", ages),
        ("objects_in_doubt", "kind", "Rows in doubt, 1000 of a kind at most.", state.doubts),
        ("catch_up_age_seconds", "accounts", "Since the last catch-up.", state.cursor_ages),
    ):
        family = GaugeMetricFamily(PREFIX + metric, what, labels=[label])
        for value, number in values.items():
            family.add_metric([value], number)
        yield family
