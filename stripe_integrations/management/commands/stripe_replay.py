from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from stripe_integrations import conf, registry
from stripe_integrations.actions import StripeEventAction, StripeWebhook
from stripe_integrations.exceptions import WebhookFailed
from stripe_integrations.management.arguments import moment
from stripe_integrations.management.progress import with_progress
from stripe_integrations.mapping import is_usable_id


class Command(BaseCommand):
    help = (
        "Run the webhook classes that are not done with stored events; those that are done do not "
        "run again. Without arguments: of events that failed, or whose worker died."
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
            "--since", metavar="TIME", type=moment, help="created at Stripe then or later"
        )
        parser.add_argument(
            "--type", metavar="NAME", help="of this type, or below it: customer, product.created"
        )
        parser.add_argument(
            "--rerun", metavar="CLASS", help="first forget that this webhook class was done"
        )

    def handle(self, **options: Any) -> None:
        options["rerun"] = _registered(options["rerun"]) if options["rerun"] else None
        key = registry.key(options["rerun"]) if options["rerun"] else None
        counts = {"processed": 0, "received": 0, "failed": 0, "ignored": 0}
        for pk in with_progress(self.selected(**options)):
            event = StripeEventAction.find(pk)
            if event is not None:
                counts[_replay(event, key).status] += 1
        told = ", ".join(f"{count} {status}" for status, count in counts.items() if count)
        self.stdout.write(told or "Nothing to replay.")
        if counts["failed"] or counts["received"]:
            raise CommandError("Some are not done; each event keeps its error and traceback.")

    def selected(self, **options: Any) -> list[str]:
        """Return the ids that the arguments mean, oldest first."""
        events = conf.model("Event").objects.using(conf.database())
        states = [name for name in ("failed", "stuck", "ignored") if options[name]]
        named = options["events"]
        if not (named or states or options["since"] or options["type"] or options["rerun"]):
            states = ["failed", "stuck"]
        chosen = events.in_states(*states) if states else events.all()
        if not states and not named:
            chosen = chosen.exclude(status="ignored")
        if options["since"]:
            chosen = chosen.filter(created__gte=options["since"])
        if options["type"]:
            chosen = chosen.of_type(options["type"])
        if options["rerun"]:
            chosen = chosen.of_type(*registry.names(options["rerun"]))
        if named:
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


def _replay(event: Any, key: str | None) -> Any:
    if key is not None:
        StripeWebhook.forget(event, key)
        event = StripeEventAction.find(event.pk)
    try:
        return StripeWebhook.process(event)
    except WebhookFailed:
        return StripeEventAction.find(event.pk)


def _registered(name: str) -> registry.WebhookClass:
    """Return the registered class that is meant by its key, path or name."""
    found = {}
    for webhook in registry.registered():
        key = registry.key(webhook)
        path = key.partition(":")[0]
        if name in (key, path) or path.endswith(f".{name}"):
            found[key] = webhook
    if len(found) != 1:
        several = f"means each of {', '.join(found)}" if found else "is not registered"
        known = found or map(registry.key, registry.registered())
        raise CommandError(f"{name} {several}. Give one of: {', '.join(known)}.")
    return next(iter(found.values()))
