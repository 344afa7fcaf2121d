"""What the commands that import have in common: the progress, and a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from django.core.management.base import BaseCommand, CommandError

from stripe_integrations.management.progress_bars import Rate
from stripe_integrations.operations.foreign_tables import CannotImport
from stripe_integrations.operations.import_steps import ImportStep
from stripe_integrations.operations.stored_objects import IMPORTED, PRESENT, Outcomes


def run_import(command: BaseCommand, find_steps: Callable[[], list[ImportStep]]) -> None:
    """Import step after step, and print what was imported, and what was left and why.

    Raises CommandError where nothing can be imported, and when it is interrupted.
    """
    try:
        steps = find_steps()
    except CannotImport as error:
        raise CommandError(str(error)) from error
    total: Outcomes = Counter()
    for step in filter(lambda each: each.total, steps):
        outcomes: Outcomes = Counter()
        try:
            _follow(step, outcomes)
        except KeyboardInterrupt as error:
            _report(command, step.name, outcomes)
            raise CommandError(
                "Interrupted: start the command again, and it goes on from here.", returncode=130
            ) from error
        _report(command, step.name, outcomes)
        total += outcomes
    _report(command, "All tables", total)


def _follow(step: ImportStep, outcomes: Outcomes) -> None:
    rate = Rate(step.name, step.total)
    try:
        for batch in step.batches():
            outcomes.update(batch.outcomes)
            rate.add(batch.size, batch.last)
    finally:
        rate.end()


def _report(command: BaseCommand, name: str, outcomes: Outcomes) -> None:
    imported, present = outcomes[IMPORTED], outcomes[PRESENT]
    command.stdout.write(f"{name}: {imported} imported, {present} there already.")
    for reason, count in sorted(outcomes.items()):
        if reason not in (IMPORTED, PRESENT):
            command.stdout.write(f"    {count} {reason}")
