from __future__ import annotations

from typing import Any

import stripe
from django.core.management.base import CommandError, CommandParser

from stripe_integrations import conf
from stripe_integrations.actions import StripeAction
from stripe_integrations.management.base import StripeCommand
from stripe_integrations.management.kind_names import object_name
from stripe_integrations.mirror import settle
from stripe_integrations.operations import verify


class Command(StripeCommand):
    help = (
        "Compare the mirror with Stripe's API and print the rows that are missing, stale or extra. "
        "Exit status 1 if there are any, with --fix if any is left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "kinds",
            nargs="*",
            type=object_name,
            metavar="object",
            help=f"{', '.join(verify.VERIFIED)} (default: all)",
        )
        parser.add_argument(
            "--fix", action="store_true", help="write Stripe's objects over the rows that differ"
        )
        parser.add_argument(
            "--doubtful",
            action="store_true",
            help="only read the objects whose rows are marked in_doubt, and write them",
        )

    def handle(self, **options: Any) -> None:
        unknown = set(options["kinds"]) - verify.VERIFIED.keys()
        if unknown:
            raise CommandError(
                f"Not mirrored: {', '.join(unknown)}. Give one of {', '.join(verify.VERIFIED)}."
            )
        if not conf.api_key():
            raise CommandError(
                "The mirror cannot be compared without an API key: set "
                "STRIPE_INTEGRATIONS['API_KEY'] to a secret or restricted key."
            )
        chosen = {name: verify.VERIFIED[name].kind for name in options["kinds"]}
        parts = sorted(name for name, kind in chosen.items() if kind.is_part)
        if options["doubtful"] and parts:
            raise CommandError(
                f"Rows of {', '.join(parts)} follow the object that has them: give its kind."
            )
        if options["doubtful"]:
            self.settle_doubts(options["kinds"])
            return
        listed = [name for name, action in verify.VERIFIED.items() if action.kind.is_listed]
        unlisted = chosen.keys() - set(listed)
        if unlisted:
            raise CommandError(
                f"Stripe's API has no list of every {', '.join(sorted(unlisted))}: verify the "
                "objects that have them instead."
            )
        actions = [verify.VERIFIED[kind] for kind in options["kinds"] or listed]
        left = sum(
            self.compared(action, account, fix=options["fix"])
            for action in actions
            for account in verify.accounts_of_rows(action)
        )
        if left:
            raise CommandError(_what_is_left(left, fixed=options["fix"]))
        self.stdout.write(f"The mirror is equal to Stripe{_among(options['kinds'])}.")

    def settle_doubts(self, names: list[str]) -> None:
        """Settle the rows in doubt. Raises CommandError if some stay so."""
        left = 0
        for kind, row in verify.doubtful(names):
            settled = not settle.settle(kind, row).row.in_doubt
            told = "settled" if settled else "in doubt"
            self.stdout.write(f"{told} {kind.object} {row.pk}")
            left += not settled
        if left:
            raise CommandError(
                f"{left} objects are left in doubt: the API did not answer for them, or API_KEY "
                "belongs to an account that has none of these rows. Run this again later."
            )
        self.stdout.write(f"No object is in doubt{_among(names)}.")

    def compared(self, action: type[StripeAction[Any]], account: str | None, *, fix: bool) -> int:
        """Compare a list; one that cannot be read counts as one difference."""
        try:
            return self.compare(action, account, fix=fix)
        except stripe.StripeError as error:
            whose = account or "your own account"
            self.stderr.write(
                f"{action.kind.object} of {whose}: Stripe's API gave no answer, "
                f"{type(error).__name__}: {error}"
            )
            return 1

    def compare(self, action: type[StripeAction[Any]], account: str | None, *, fix: bool) -> int:
        """Print the differences; return how many are left."""
        left = 0
        for difference in verify.differences(action, account):
            fixed = fix and verify.repair(difference)
            self.stdout.write(f"{'fixed ' if fixed else ''}{difference}")
            left += not fixed
        return left


def _what_is_left(count: int, *, fixed: bool) -> str:
    found = f"{count} differences, or lists that could not be read"
    if not fixed:
        return f"{found}. Run stripe_verify --fix to repair the rows."
    return (
        f"{found}, could not be repaired: the API did not answer, or API_KEY belongs to an account "
        "that has none of these rows."
    )


def _among(names: list[str]) -> str:
    """Return what a result is confined to, empty for all kinds."""
    return f" ({', '.join(names)})" if names else ""
