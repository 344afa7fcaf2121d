from __future__ import annotations

from typing import Any

import stripe
from django.core.management.base import BaseCommand, CommandError, CommandParser

from stripe_integrations.actions import MIRRORED, StripeAction, verification


class Command(BaseCommand):
    help = (
        "Compare the mirror with Stripe's API and print the rows that are missing, stale or extra. "
        "Exit status 1 if there are any, with --fix if any is left."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "kinds",
            nargs="*",
            metavar="object",
            help=f"{', '.join(MIRRORED)} (default: all)",
        )
        parser.add_argument("--fix", action="store_true", help="write what Stripe says")
        parser.add_argument(
            "--doubtful",
            action="store_true",
            help="only read the rows that are marked in_doubt, and write what Stripe says",
        )

    def handle(self, **options: Any) -> None:
        unknown = set(options["kinds"]) - MIRRORED.keys()
        if unknown:
            raise CommandError(
                f"Not mirrored: {', '.join(unknown)}. Give one of {', '.join(MIRRORED)}."
            )
        actions = [MIRRORED[kind] for kind in options["kinds"] or MIRRORED]
        if options["doubtful"]:
            left = sum(self.settle(action) for action in actions)
        else:
            left = sum(
                self.compared(action, account, fix=options["fix"])
                for action in actions
                for account in verification.accounts(action)
            )
        if left:
            raise CommandError(
                f"{left} differences, or lists that could not be read, are left. What --fix "
                "leaves, the API did not answer for, or API_KEY is of an account that none of our "
                "rows belongs to."
            )
        self.stdout.write("The mirror is what Stripe says.")

    def settle(self, action: type[StripeAction]) -> int:
        """Settle the rows in doubt; return how many stay so."""
        left = 0
        for row in verification.doubtful(action):
            settled = not action.settle(row).in_doubt
            self.stdout.write(
                f"{'settled' if settled else 'in doubt'} {action.object_name} {row.pk}"
            )
            left += not settled
        return left

    def compared(self, action: type[StripeAction], account: str | None, *, fix: bool) -> int:
        """Compare; what cannot be read counts as one, and does not keep the rest from it."""
        try:
            return self.compare(action, account, fix=fix)
        except stripe.StripeError as error:
            whose = account or "our own account"
            self.stderr.write(
                f"{action.object_name} of {whose}: Stripe's API gave no answer, "
                f"{type(error).__name__}: {error}"
            )
            return 1

    def compare(self, action: type[StripeAction], account: str | None, *, fix: bool) -> int:
        """Print the differences; return how many are left."""
        left = 0
        for difference in verification.differences(action, account):
            fixed = fix and verification.repair(difference)
            self.stdout.write(f"{'fixed ' if fixed else ''}{difference}")
            left += not fixed
        return left
