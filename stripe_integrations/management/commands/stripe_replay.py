from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError
from django.db.models import Count, Max
from django.utils import timezone

from stripe_integrations import conf, transactions
from stripe_integrations.actions import StripeEventAction, StripeWebhook
from stripe_integrations.choices import EventStatus, OpenState
from stripe_integrations.dispatch import registry
from stripe_integrations.exceptions import WebhookFailed
from stripe_integrations.management.argument_types import moment
from stripe_integrations.management.base import StripeCommand
from stripe_integrations.management.progress_bars import with_progress
from stripe_integrations.storable import is_usable_id

if TYPE_CHECKING:
    from stripe_integrations.models import StripeBaseEvent

logger = logging.getLogger("stripe_integrations")

#: The possible results of an event, in the order in which they are printed.
OUTCOMES = (
    EventStatus.PROCESSED,
    EventStatus.RECEIVED,
    EventStatus.FAILED,
    EventStatus.IGNORED,
)
#: Events that one query reads.
BATCH = 20


class Command(StripeCommand):
    help = (
        "Run the webhook classes of stored events that are not done. Without arguments: of events "
        "that failed, and of those whose worker died."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("events", nargs="*", metavar="evt_…", help="these events")
        parser.add_argument("--failed", action="store_true", help="events of which a class raised")
        parser.add_argument("--stuck", action="store_true", help="events whose worker died")
        parser.add_argument(
            "--ignored",
            action="store_true",
            help="events stored as ignored; those still of the other mode stay so",
        )
        parser.add_argument(
            "--since",
            metavar="TIME",
            type=moment,
            help="created at Stripe then or later: 2026-11-21, 2026-11-21T14:00, or 2h (ago)",
        )
        parser.add_argument(
            "--type", metavar="NAME", help="of this type, or below it: customer, product.created"
        )
        parser.add_argument(
            "--rerun",
            metavar="CLASS",
            help="also run this webhook class again, though it was done",
        )

    def handle(self, **options: Any) -> None:
        rerun = options["rerun"] = _registered(options["rerun"]) if options["rerun"] else None
        chosen = transactions.run_query(lambda: self.selected(**options), conf.database())
        counts: Counter[str] = Counter()
        for event in _read(with_progress(chosen)):
            counts[_replay(event, rerun)] += 1
        outcomes = (*OUTCOMES, "already done")
        told = ", ".join(f"{counts[each]} {each}" for each in outcomes if counts[each])
        waiting = _waiting(self.events(**options)) if OpenState.STUCK in _states(**options) else ""
        nothing = f"Nothing to replay yet: {waiting}" if waiting else "Nothing to replay."
        self.stdout.write("\n".join(filter(None, [told, waiting])) if told else nothing)
        if counts[EventStatus.FAILED] or counts[EventStatus.RECEIVED]:
            raise CommandError("Some events are not done: each keeps its error and traceback.")

    def selected(self, **options: Any) -> list[str]:
        """Return the ids that the arguments mean, oldest first."""
        states = _states(**options)
        named = options["events"]
        chosen = self.events(**options)
        if states:
            chosen = chosen.in_states(*states)
        elif not named:
            chosen = chosen.exclude(status=EventStatus.IGNORED)
        if named:
            events = conf.model("Event").objects.using(conf.database())
            named = [each for each in named if is_usable_id(each)] or [""]
            unknown = set(options["events"]) - set(
                events.filter(pk__in=named).values_list("pk", flat=True)
            )
            if unknown:
                raise CommandError(
                    f"Not stored: {', '.join(sorted(unknown))}. "
                    "Run stripe_catch_up to read what was missed from Stripe's API."
                )
            chosen = chosen.filter(pk__in=named)
        return list(chosen.order_by("created", "pk").values_list("pk", flat=True))

    def events(self, **options: Any) -> Any:
        """Return the events of the time and types that the arguments mean, whatever their state."""
        events = conf.model("Event").objects.using(conf.database())
        if options["since"]:
            events = events.filter(created__gte=options["since"])
        if options["type"]:
            events = events.of_type(options["type"])
        if options["rerun"]:
            events = events.of_type(*registry.names(options["rerun"]))
        return events


def _states(**options: Any) -> list[str]:
    """Return the states to replay: failed and stuck if no argument says otherwise."""
    states = [name for name in OpenState.values if options[name]]
    others = ("events", "since", "type", "rerun")
    return states or (
        [] if any(options[name] for name in others) else [OpenState.FAILED, OpenState.STUCK]
    )


def _waiting(events: Any) -> str:
    """Return how many of these wait for a worker that may be alive; empty if none does."""
    held = events.filter(status=EventStatus.RECEIVED, lease_expires_at__gte=timezone.now())
    found = held.aggregate(count=Count("pk"), until=Max("lease_expires_at"))
    if not found["count"]:
        return ""
    until = f"{found['until']:%Y-%m-%d %H:%M:%S %Z}".strip()
    return f"{found['count']} received and leased by workers, until {until} at the latest."


def _read(keys: Iterable[str]) -> Iterator[Any]:
    """Read the events with these keys, several at once."""
    events = conf.model("Event").objects.using(conf.database())
    waiting = iter(keys)
    while batch := list(islice(waiting, BATCH)):
        found = transactions.run_query(partial(events.in_bulk, batch), conf.database())
        yield from (found[key] for key in batch if key in found)


def _replay(event: StripeBaseEvent, rerun: registry.WebhookClass | None) -> str:
    """Run the classes of an event that are not done, and return the result."""
    try:
        current = StripeWebhook.process(event, rerun=rerun)
    except WebhookFailed:
        current = StripeEventAction.find(event.pk) or event
    except DatabaseError:  # the connection was cut: the next event has another one
        logger.exception("%s could not be processed.", event.pk)
        current = StripeEventAction.find(event.pk) or event
    was_run = current.attempts != event.attempts  # each class that runs counts as one
    is_done = current.status == EventStatus.PROCESSED and not was_run
    return "already done" if is_done else str(current.status)


def _registered(name: str) -> registry.WebhookClass:
    """Return the registered class that is meant by its key, an older key, or its name."""
    wanted = name.partition(":")[0]
    found = {}
    for webhook in registry.registered():
        key = registry.class_key(webhook)
        if key == wanted or key.endswith(f".{wanted}"):
            found[key] = webhook
    if len(found) != 1:
        several = f"means each of {', '.join(found)}" if found else "is not registered"
        known = found or map(registry.class_key, registry.registered())
        raise CommandError(f"{name} {several}. Give one of: {', '.join(known)}.")
    return next(iter(found.values()))
