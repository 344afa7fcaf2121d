"""What all commands of the package do before they begin."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from stripe_integrations import conf, transactions


class StripeCommand(BaseCommand):
    """A command that works in a process whose connection to the database was cut before.

    Django drops such a connection between requests only.
    """

    def execute(self, *args: Any, **options: Any) -> str | None:
        """Run the command, on new connections where the old ones are dead."""
        for using in conf.class_databases():
            transactions.close_if_dead(using)
        return super().execute(*args, **options)
