from __future__ import annotations

from typing import Any

import stripe
from django.core.management.base import CommandError, CommandParser

from stripe_integrations import conf
from stripe_integrations.kinds import Kind
from stripe_integrations.management.argument_types import account as account_id
from stripe_integrations.management.argument_types import moment
from stripe_integrations.management.base import StripeCommand
from stripe_integrations.management.kind_names import LISTS
from stripe_integrations.management.progress_bars import SyncBar
from stripe_integrations.operations import backfill, queued_backfill, windows
from stripe_integrations.operations.accounts import of_rows
from stripe_integrations.operations.pace import LocalPace

#: Seconds.
DAY = 86_400
#: Readers of one process at most: Stripe answers no faster to more.
MAX_CONCURRENCY = 32


class Command(StripeCommand):
    help = (
        "Fill the mirror from Stripe's API. To resume an interrupted run, run the same command "
        "again. Exit status 1 if a list could not be read to its end."
    )
    #: The names that are synced; the argument is only there without.
    names: tuple[str, ...] = ()

    def add_arguments(self, parser: CommandParser) -> None:
        if not self.names:
            parser.add_argument(
                "kinds", nargs="*", metavar="kind", help=f"{', '.join(LISTS)} (default: all)"
            )
        parser.add_argument(
            "--since",
            metavar="TIME",
            type=moment,
            help="only objects created since the beginning of that day (UTC): 2026-11-21, 90d "
            "(ago). Rows whose objects are gone are then left as they are",
        )
        parser.add_argument(
            "--account",
            action="append",
            metavar="acct_…",
            type=account_id,
            help="this connected account only (default: our own, and those that have rows)",
        )
        parser.add_argument(
            "--concurrency",
            type=int,
            default=4,
            metavar="N",
            help="pages that are read at the same time (default: 4)",
        )

        parser.add_argument(
            "--queue",
            action="store_true",
            help="let the workers of the setting QUEUE read, and return at once",
        )

    def handle(self, **options: Any) -> None:
        chosen = self._chosen(options)
        if not 1 <= options["concurrency"] <= MAX_CONCURRENCY:
            raise CommandError(f"--concurrency takes a number from 1 to {MAX_CONCURRENCY}.")
        if not conf.api_key():
            raise CommandError(
                "Nothing can be read without an API key: set STRIPE_INTEGRATIONS['API_KEY'] to a "
                "secret or restricted key."
            )
        since = options["since"] and int(options["since"].timestamp())
        if since is not None:
            since -= since % DAY  # so that the same command with a span is the same run
        if options["queue"]:
            self._enqueue(chosen, options["account"], since)
            return
        self.pace = LocalPace()
        complete = [
            self._is_synced(name, kind, account, since, options["concurrency"])
            for name, kind in chosen.items()
            for account in options["account"] or of_rows(windows.rows_of_all(kind))
        ]
        if not all(complete):
            raise CommandError(
                "Not every list was read to its end. Give the command again to go on from there."
            )

    def _chosen(self, options: dict[str, Any]) -> dict[str, Kind]:
        given = self.names or options["kinds"]
        by_object = {kind.object: name for name, kind in LISTS.items()}
        names = [by_object.get(name, name) for name in given]
        unknown = [name for name in names if name not in LISTS]
        if unknown:
            raise CommandError(
                f"Stripe's API has no list of {', '.join(unknown)}: choose from {', '.join(LISTS)}."
            )
        left_out = [name for name in names if not windows.is_synced(LISTS[name])]
        if left_out:
            raise CommandError(
                f"The setting MIRROR leaves out {', '.join(left_out)}: change it, or leave them "
                "out here."
            )
        return {
            name: kind
            for name, kind in LISTS.items()
            if (name in names or not names) and windows.is_synced(kind)
        }

    def _enqueue(
        self, chosen: dict[str, Kind], accounts: list[str] | None, since: int | None
    ) -> None:
        enqueue = queued_backfill.enqueuer()
        if enqueue is None:
            raise CommandError(
                "The setting QUEUE names no module with a function enqueue_window(window_id): use "
                "stripe_integrations.queues.celery, or leave out --queue."
            )
        for name, kind in chosen.items():
            for account in accounts or of_rows(windows.rows_of_all(kind)):
                count = queued_backfill.enqueue_run(kind, account, since, enqueue)
                what = f"{name} of {account}" if account else name
                self.stdout.write(f"{what}: {count} windows are in the queue.")

    def _is_synced(
        self, name: str, kind: Kind, account: str | None, since: int | None, concurrency: int
    ) -> bool:
        """Read one list to its end, and say how it went."""
        what = f"{name} of {account}" if account else name
        try:
            result = self._sync(what, kind, account, since, concurrency)
        except stripe.StripeError as error:
            self.stderr.write(f"{what}: {type(error).__name__}: {error}")
            return False
        except windows.TakenOver as error:
            raise CommandError(str(error)) from error
        gone = f", {result.gone} were gone" if result.gone else ""
        self.stdout.write(f"{what}: {result.listed} synced{gone}.")
        return True

    def _sync(
        self, what: str, kind: Kind, account: str | None, since: int | None, concurrency: int
    ) -> backfill.Result:
        found = windows.begin_or_resume(kind, account, since)
        result = backfill.Result()
        with SyncBar(what, sum(window.count for window in found)) as bar:
            while found:
                work = backfill.Backfill(
                    kind,
                    account,
                    is_complete=since is None and windows.has_rows(kind, account),
                    concurrency=concurrency,
                    pace=self.pace,
                    told=bar.add,
                )
                result.add(work.run(found))
                # What another reader has cut off since is read here as well.
                found = windows.unfinished(kind, account, since)
        backfill.finish_run(kind, account, since)
        return result
