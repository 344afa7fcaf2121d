from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser

from stripe_integrations import counters
from stripe_integrations.choices import Counted
from stripe_integrations.management.argument_types import duration
from stripe_integrations.management.base import StripeCommand
from stripe_integrations.operations import figures, health

#: Seconds that the counts that are printed are of.
COUNTED = 3600


class Command(StripeCommand):
    help = (
        "Print whether the installation is healthy: events that failed or wait, objects in doubt, "
        "the age of the catch-up cursor, and the counts of the last hour. Exit status 1 if not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        usual = health.Limits()
        for option, seconds, what in (
            ("--event-age", usual.event_age, "an event failed or waits that is older"),
            ("--cursor-age", usual.cursor_age, "stripe_catch_up has not run for longer"),
        ):
            parser.add_argument(
                option,
                type=duration,
                default=timedelta(seconds=seconds),
                metavar=f"{seconds // 3600}h",
                help=f"unhealthy if {what} (default: %(metavar)s)",
            )
        for option, default, what in (
            ("--refusals", usual.refusals, "requests are refused in a quarter of an hour"),
            ("--doubts", usual.doubts, "objects are in doubt"),
        ):
            parser.add_argument(
                option,
                type=int,
                default=default,
                metavar=str(default),
                help=f"unhealthy if more {what} (default: %(default)s)",
            )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, **options: Any) -> None:
        counters.flush()
        limits = health.Limits(
            event_age=int(options["event_age"].total_seconds()),
            cursor_age=int(options["cursor_age"].total_seconds()),
            refusals=options["refusals"],
            doubts=options["doubts"],
        )
        state = health.look()
        reasons = list(health.complaints(state, limits))
        facts = {**asdict(state), "last_hour": _counted(figures.of_last(COUNTED))}
        if options["json"]:
            self.stdout.write(json.dumps({"healthy": not reasons, "reasons": reasons, **facts}))
        else:
            for line in _lines(facts):
                self.stdout.write(line)
        if reasons:
            raise CommandError("\n".join(reasons))


def _counted(found: figures.Figures) -> dict[str, Any]:
    return {
        "events": found.counts(Counted.EVENTS),
        "lag_p50": found.lag_quantile(0.5),
        "lag_p95": found.lag_quantile(0.95),
        "failures": found.counts(Counted.FAILURES),
        "refusals": [
            {"reason": reason, "endpoint": endpoint, "count": count}
            for (reason, endpoint), count in found.refusals.items()
        ],
        "api_reads": found.counts(Counted.API_READS),
        "api_reads_per_event": found.reads_per_event,
    }


def _lines(facts: dict[str, Any], prefix: str = "") -> list[str]:
    """Return each fact as a line, named by its path in the JSON."""
    found = []
    for name, value in facts.items():
        if isinstance(value, dict) and value:
            found += _lines(value, f"{prefix}{name}.")
        elif isinstance(value, list) and value:
            found += [f"{prefix}{name}: {' '.join(map(str, each.values()))}" for each in value]
        else:
            found.append(f"{prefix}{name}: {'-' if value in (None, {}, []) else value}")
    return found
