"""The overview of the installation's health, in pictures."""

from __future__ import annotations

import time
from datetime import datetime, timezone
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import path
from django.utils import formats
from django.utils import timezone as django_timezone

from stripe_integrations import counters, transactions
from stripe_integrations.admin import charts
from stripe_integrations.admin.base import ReadOnlyAdmin
from stripe_integrations.admin.charts import Chart, Series
from stripe_integrations.choices import Counted, EventStatus
from stripe_integrations.operations import figures, health

#: Hours that the pictures are of, and how these are called; each picture has so many spans.
HOURS, SPANS = {1: "hour", 24: "day", 168: "week"}, 60
#: The states of events, in the order of the bars from below; each has a pattern of its own.
STATES = (
    EventStatus.PROCESSED.value,
    EventStatus.RECEIVED.value,
    EventStatus.FAILED.value,
    EventStatus.IGNORED.value,
    counters.ERROR,
)


class HealthAdmin(ReadOnlyAdmin):
    """One page, where other models have a list."""

    class Media:
        css = {"all": ("stripe_integrations/health.css",)}

    def get_urls(self) -> list[Any]:
        """Return the page alone: single rows say nothing."""
        options = self.opts
        view = self.admin_site.admin_view(self.changelist_view)
        return [path("", view, name=f"{options.app_label}_{options.model_name}_changelist")]

    @transactions.non_atomic
    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        """Show the overview."""
        return self._overview(request)

    def _overview(self, request: Any) -> TemplateResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        counters.flush()
        hours = _hours(request.GET.get("hours", ""))
        state = health.look()
        response = TemplateResponse(
            request,
            "admin/stripe_integrations/health.html",
            {
                **self.admin_site.each_context(request),
                "title": "Health",
                "opts": self.opts,
                "media": self.media,
                "hours": hours,
                "choices": HOURS.items(),
                "complaints": list(health.complaints(state, health.Limits())),
                "state": state,
                **_pictures(hours, state),
            },
        )
        response["Content-Security-Policy"] = _policy()
        return response


def _hours(given: str) -> int:
    return next((hours for hours in HOURS if str(hours) == given), next(iter(HOURS)))


def _pictures(hours: int, state: health.State) -> dict[str, Any]:
    step = hours * 3600 // SPANS
    end = (int(time.time()) // step + 1) * step
    starts = range(end - SPANS * step, end, step)
    spans = figures.of_spans(starts[0], step)
    found = [spans.get(start, figures.Figures()) for start in starts]
    total = figures.Figures()
    for each in found:
        total.update(each)
    times = [_moment(start, hours) for start in starts]
    return {
        "charts": [_events(found, times, step), _lags(found, times), _reads(found, times)],
        "failures": charts.ranking(total.counts(Counted.FAILURES)),
        "refusals": charts.ranking(total.refusals),
        "doubts": charts.ranking(state.doubts),
        "cursors": [
            (whose, health.time_span(age), width)
            for whose, age, width in charts.ranking(state.cursor_ages)
        ],
    }


def _events(found: list[figures.Figures], times: list[str], step: int) -> Chart:
    series = [
        Series(
            state,
            f"stripe-pattern-{place}",
            [each.counts(Counted.EVENTS).get(state, 0) * 60 / step for each in found],
        )
        for place, state in enumerate(STATES)
    ]
    told = "Deliveries, by what became of the event; a duplicate is a delivery, too."
    return charts.bars(
        Chart("events", "Events per minute", told, series, times, charts.plain_number)
    )


def _lags(found: list[figures.Figures], times: list[str]) -> Chart:
    series = [
        Series(name, mark, [each.lag_quantile(share) for each in found])
        for name, mark, share in (
            ("p50", "stripe-line-solid", 0.5),
            ("p95", "stripe-line-dashed", 0.95),
        )
    ]
    told = "Seconds from the creation of an event at Stripe to the answer 200."
    return charts.delays(Chart("lag", "Delivery lag", told, series, times, _delay))


def _reads(found: list[figures.Figures], times: list[str]) -> Chart:
    values = [each.reads_per_event for each in found]
    series = [Series("reads per event", "stripe-pattern-0", values)]
    told = "Reads of Stripe's API, those of commands too, divided by the deliveries."
    return charts.bars(
        Chart("reads", "API reads per event", told, series, times, charts.plain_number)
    )


def _delay(seconds: float) -> str:
    return f"{seconds:.1f} s" if seconds < 60 else health.time_span(int(seconds))


def _moment(start: int, hours: int) -> str:
    """Return a time in the zone of the request, with the date where the hour is not enough."""
    moment = datetime.fromtimestamp(start, tz=timezone.utc)
    local = django_timezone.localtime(moment)
    return formats.date_format(local, "H:i" if hours <= 24 else "m-d H:i")


def _policy() -> str:
    """Return a Content-Security-Policy that allows files of ours, and nothing inline."""
    address = urlsplit(static("stripe_integrations/health.css"))
    files = f"'self' {address.scheme}://{address.netloc}" if address.netloc else "'self'"
    return (
        f"default-src 'none'; script-src {files}; style-src {files}; img-src {files} data:; "
        f"font-src {files}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
