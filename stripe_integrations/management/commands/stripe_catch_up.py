from __future__ import annotations

from collections import Counter
from datetime import datetime, timezone
from typing import Any

import stripe
from django.core.management.base import CommandError, CommandParser

from stripe_integrations.choices import EventStatus
from stripe_integrations.management.argument_types import account as account_id
from stripe_integrations.management.argument_types import moment
from stripe_integrations.management.base import StripeCommand
from stripe_integrations.management.progress_bars import with_progress
from stripe_integrations.operations import catch_up


class Command(StripeCommand):
    help = (
        "Read from Stripe's API the events that never arrived, of the last 30 days at most, and "
        "process them. The next run begins an hour before the end of this one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--account",
            action="append",
            metavar="acct_…",
            type=account_id,
            help="this connected account only (default: our own, and those that events came from)",
        )
        parser.add_argument(
            "--since",
            metavar="TIME",
            type=moment,
            help="begin then, not where the last run ended: 2026-11-21, 2026-11-21T14:00, 2h (ago)",
        )

    def handle(self, **options: Any) -> None:
        since = options["since"] and int(options["since"].timestamp())
        accounts = options["account"] or catch_up.accounts_of_events()
        complete = [self.is_caught_up(account, since) for account in accounts]
        if not all(complete):
            raise CommandError(
                "Some events are not caught up: see above. Run stripe_replay for those that failed."
            )

    def is_caught_up(self, account: str | None, since: int | None) -> bool:
        """Catch up with an account; print the error if it cannot be read."""
        try:
            return self.catch_up(account, since)
        except stripe.StripeError as error:
            self.stderr.write(f"{_name(account)}: {type(error).__name__}: {error}")
            return False

    def catch_up(self, account: str | None, since: int | None) -> bool:
        known = catch_up.read_to(account)
        parts = catch_up.slices(account, since)
        if since is None and known is not None and known < parts[0].start:
            lost = f"{_time(known)} to {_time(parts[0].start)}"
            self.stderr.write(
                f"{_name(account)}: Stripe no longer keeps the events from {lost}. Run "
                "stripe_verify --fix to bring the mirror up to date; your own webhook classes "
                "do not run for these events."
            )
        total: Counter[str] = Counter()
        thin_error: stripe.StripeError | None = None
        for part in with_progress(parts):
            counts, thin_error = catch_up.catch_up(part, thin_error)
            total += counts
        self.stdout.write(
            f"{_name(account)}: {total[catch_up.LISTED]} events "
            f"listed since {_time(parts[0].start)}, "
            f"{total[catch_up.MISSING]} of them were missing, {total[EventStatus.FAILED]} failed, "
            f"{total[catch_up.REFUSED]} cannot be stored."
        )
        if thin_error is not None:
            self.stderr.write(
                f"{_name(account)}: the thin events are not caught up: "
                f"{type(thin_error).__name__}: {thin_error}"
            )
        return not (total[EventStatus.FAILED] or total[catch_up.REFUSED] or thin_error)


def _name(account: str | None) -> str:
    return account or "your own account"


def _time(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, tz=timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC")
