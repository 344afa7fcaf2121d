from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from stripe_integrations.management.argument_types import account as account_id
from stripe_integrations.management.base import StripeCommand
from stripe_integrations.management.importing import run_import
from stripe_integrations.operations import import_djstripe


class Command(StripeCommand):
    help = (
        "Import the tables of dj-stripe 2.10 or 2.11 in this database: objects, events, endpoints "
        "with their secrets, and customers' users. Stripe's API is not called. Rows that are "
        "there are left as they are, so an interrupted run can be started again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--own-account",
            metavar="acct_…",
            type=account_id,
            help="your own account, if dj-stripe's tables do not tell it; the others are connected",
        )
        parser.add_argument(
            "--subscriber-user",
            metavar="COLUMN",
            help="the column with the user's key in the table of DJSTRIPE_SUBSCRIBER_MODEL, if "
            "that is not the user model",
        )

    def handle(self, **options: Any) -> None:
        own, column = options["own_account"], options["subscriber_user"]
        run_import(self, lambda: import_djstripe.import_steps(own, column))
