from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone

from stripe_integrations.management.argument_types import duration
from stripe_integrations.management.base import StripeCommand
from stripe_integrations.management.progress_bars import progress_bar
from stripe_integrations.operations import prune


class Command(StripeCommand):
    help = (
        "Drop the bodies of old events that are done, and the rows of old requests. The ids of "
        "events stay, so that an event that is sent again is known."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--older-than",
            required=True,
            type=duration,
            metavar="90d",
            help="days, hours (36h) or minutes (90m)",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="only print what would be dropped"
        )

    def handle(self, *, older_than: timedelta, dry_run: bool, **_options: Any) -> None:
        before = timezone.now() - older_than
        work = (
            ("bodies of events", prune.old_events(before), prune.drop_bodies),
            ("rows of requests", prune.old_triggers(before), prune.delete),
            ("counts of refused requests", prune.old_counts(before), prune.delete),
        )
        for what, rows, drop in work:
            total = rows.count()
            done = total if dry_run else sum(progress_bar(drop(rows), total))
            self.stdout.write(f"{done} {what} {'would be dropped' if dry_run else 'dropped'}.")
