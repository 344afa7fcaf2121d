from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from stripe_integrations.kinds import GENERIC_MODEL, Kind
from stripe_integrations.management.base import StripeCommand
from stripe_integrations.management.kind_names import object_name
from stripe_integrations.management.progress_bars import Rate
from stripe_integrations.mirror import rows
from stripe_integrations.operations import remap


class Command(StripeCommand):
    help = (
        "Move rows of StripeObject whose kind has a model of its own now into that model, and fill "
        "columns that were added to a model, from stripe_data. Stripe's API is not called. An "
        "interrupted run can be started again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "kinds",
            nargs="*",
            type=object_name,
            metavar="object",
            help=f"{', '.join(remap.remapped())} (default: all)",
        )

    def handle(self, **options: Any) -> None:
        known = remap.remapped()
        unknown = set(options["kinds"]) - known.keys()
        if unknown:
            raise CommandError(
                f"There is no model for {', '.join(sorted(unknown))}. "
                f"Choose from {', '.join(known)}."
            )
        for name in options["kinds"] or known:
            self.remap(known[name])

    def remap(self, kind: Kind) -> None:
        """Move and fill the rows of a kind, and print how many were written."""
        old, there = rows.of_kind(remap.generic(kind)), rows.of_kind(kind)
        waiting = old.count() if kind.model != GENERIC_MODEL else 0
        moved = self.follow(f"moving {kind.object}", waiting, remap.move(kind)) if waiting else 0
        total = there.count()
        filled = self.follow(f"filling {kind.object}", total, remap.refill(kind)) if total else 0
        self.stdout.write(f"{kind.object}: {moved} moved, {filled} of {total} filled.")

    def follow(self, what: str, total: int, batches: Any) -> int:
        """Show the progress, and return how many rows were written."""
        written, rate = 0, Rate(what, total)
        for batch in batches:
            written += batch.written
            rate.add(batch.size, batch.last)
        rate.end()
        return written
