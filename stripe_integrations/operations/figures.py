"""What was counted, read from `HealthCount`: of all time, or of spans of the last days."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from typing import Any

from django.db.models import F, Sum

from stripe_integrations import conf, counters, transactions
from stripe_integrations.choices import ApiReadResult, Counted

#: Labels of one name that are read, those with the highest counts.
MAX_READ = 200


class Figures:
    """The counts of one span of time, by name."""

    def __init__(self) -> None:
        #: Label and endpoint -> count, for each name.
        self._counts: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)

    def add(self, name: str, label: str, endpoint: str, count: int) -> None:
        """Add what was counted."""
        self._counts[name][label, endpoint] += count

    def update(self, others: Figures) -> None:
        """Add the counts of another span."""
        for name, counts in others._counts.items():
            self._counts[name].update(counts)

    def counts(self, name: str) -> dict[str, int]:
        """Return label -> count of a name, the highest first."""
        return {label: count for (label, _), count in self._counts[name].most_common(MAX_READ)}

    @property
    def refusals(self) -> dict[tuple[str, str], int]:
        """Reason and endpoint -> count, the highest first."""
        return dict(self._counts[Counted.REFUSALS].most_common(MAX_READ))

    def total(self, name: str) -> int:
        """Return the sum of the counts of a name."""
        return self._counts[name].total()

    @property
    def lag_buckets(self) -> list[tuple[float, int]]:
        """The delivery lag: upper bounds in seconds, each with the events up to it."""
        counts, found, total = self.counts(Counted.LAG), [], 0
        for bound in (*counters.LAG_BOUNDS, float(counters.ENDLESS)):
            total += counts.get(str(bound), 0)
            found.append((float(bound), total))
        return found

    def lag_quantile(self, share: float) -> float | None:
        """Return the seconds within which this share of the events came; None without events.

        Within a bucket, events are taken for evenly spread. What is longer than the highest bound
        is given as that.
        """
        buckets, lower, below = self.lag_buckets, 0.0, 0
        wanted = share * buckets[-1][1]
        for bound, count in buckets:
            if count and count >= wanted:
                if bound == float(counters.ENDLESS):
                    return lower
                return lower + (bound - lower) * (wanted - below) / (count - below)
            lower, below = bound, count
        return None

    @property
    def reads_per_event(self) -> float | None:
        """How often the API was asked for one event; None without events."""
        reads = self.total(Counted.API_READS)
        reads -= self.counts(Counted.API_READS).get(ApiReadResult.NOT_ASKED, 0)
        events = self.total(Counted.EVENTS)
        return reads / events if events else None


def of_all_time() -> Figures:
    """Return what was counted since the beginning, by all processes."""
    return _sum(_rows().filter(minute=0))


def of_last(seconds: int) -> Figures:
    """Return what was counted in the last seconds, to the minute."""
    return _sum(_rows().filter(minute__gt=int(time.time()) - seconds))


def of_spans(start: int, step: int) -> dict[int, Figures]:
    """Return the spans from a Unix time on that have counts, each of `step` seconds."""
    found: defaultdict[int, Figures] = defaultdict(Figures)
    rows = _rows().filter(minute__gte=start).annotate(span=F("minute") - F("minute") % step)
    for span, *counted in _added_up(rows, "span"):
        found[span].add(*counted)
    return dict(found)


def _rows() -> Any:
    return conf.model("HealthCount").objects.using(conf.database()).order_by()


def _sum(rows: Any) -> Figures:
    found = Figures()
    for counted in _added_up(rows):
        found.add(*counted)
    return found


def _added_up(rows: Any, *columns: str) -> list[tuple[Any, ...]]:
    """Return the rows with the same columns as one, added up by the database."""
    grouped = rows.values_list(*columns, "name", "label", "endpoint").annotate(total=Sum("count"))
    found = transactions.run_query(lambda: list(grouped), rows.db)
    return [(*each[:-1], int(each[-1])) for each in found]
