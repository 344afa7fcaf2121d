from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import stripe
from django.core.management.base import CommandError, CommandParser

from stripe_integrations import endpoint_urls, routes
from stripe_integrations.actions import StripeEndpoint, StripeEventDestination
from stripe_integrations.actions.endpoints import OVERLAP
from stripe_integrations.management.argument_types import account as account_id
from stripe_integrations.management.argument_types import duration
from stripe_integrations.management.base import StripeCommand
from stripe_integrations.operations import verify

if TYPE_CHECKING:
    from stripe_integrations.models import WebhookEndpoint


class Command(StripeCommand):
    help = "Create, list, roll and disable webhook endpoints at Stripe, and store those made there."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="create an endpoint at Stripe")
        create.add_argument(
            "--base-url",
            required=True,
            metavar="https://…",
            help="where this project answers; the webhook's path and a new uuid follow it",
        )
        create.add_argument(
            "--account",
            metavar="acct_…",
            type=account_id,
            help="at this connected account (default: your own)",
        )
        create.add_argument(
            "--connect", action="store_true", help="for the events of connected accounts"
        )
        create.add_argument(
            "--thin",
            action="store_true",
            help="an event destination, which is sent thin events: they name an object that is "
            "then read from the API",
        )
        verbs.add_parser("list", help="list the stored endpoints")
        roll = verbs.add_parser("roll", help="replace an endpoint by one with a new secret")
        roll.add_argument("endpoint", metavar="we_…")
        roll.add_argument(
            "--overlap",
            type=duration,
            default=OVERLAP,
            metavar="72h",
            help="how long the old secret stays valid (default: 72h, for which Stripe tries again "
            "what failed); the first `sync` after that disables the old endpoint",
        )
        disable = verbs.add_parser("disable", help="disable an endpoint at Stripe")
        disable.add_argument("endpoint", metavar="we_…")
        sync = verbs.add_parser(
            "sync",
            help="store the endpoints that Stripe has, and disable those that a roll has replaced",
        )
        sync.add_argument(
            "--account",
            metavar="acct_…",
            type=account_id,
            help="that of this connected account (default: your own and all that are known)",
        )

    def handle(self, *, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"handle_{verb}")(**options)
        except stripe.StripeError as error:
            raise CommandError(f"{type(error).__name__}: {error}") from error

    def handle_create(
        self, *, base_url: str, account: str | None, connect: bool, thin: bool, **_options: Any
    ) -> None:
        try:
            url = endpoint_urls.base_url(base_url) + routes.endpoint_path(uuid.uuid4())
            row = StripeEndpoint.create(url, account=account, connect=connect, thin=thin)
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.show(_endpoint(row.pk))

    def handle_list(self, **_options: Any) -> None:
        rows = list(StripeEndpoint.with_secrets().not_deleted().order_by("created", "pk"))
        for row in rows:
            self.show(row)
        if not rows:
            self.stdout.write("No endpoints.")

    def handle_roll(self, *, endpoint: str, overlap: timedelta, **_options: Any) -> None:
        old = _endpoint(endpoint)
        try:
            self.show(_endpoint(StripeEndpoint.roll(old, overlap=overlap).pk))
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.show(_endpoint(endpoint))

    def handle_disable(self, *, endpoint: str, **_options: Any) -> None:
        StripeEndpoint.disable(_endpoint(endpoint))
        self.show(_endpoint(endpoint))

    def handle_sync(self, *, account: str | None, **_options: Any) -> None:
        accounts = [account] if account else verify.accounts_of_rows(StripeEndpoint)
        complete = [self.is_synced(each) for each in accounts]
        for row in StripeEndpoint.retire():
            self.stdout.write(f"{row.pk} is replaced by another one, and disabled.")
        self.handle_list()
        if not all(complete):
            raise CommandError("Some endpoints are not synced: see above.")

    def is_synced(self, account: str | None) -> bool:
        """Store the endpoints of an account; print the error if it cannot be read."""
        try:
            for action in (StripeEndpoint, StripeEventDestination):
                for difference in verify.differences(action, account):
                    well = verify.repair(difference)
                    self.stdout.write(f"{difference}: {'repaired' if well else 'left as it is'}")
        except stripe.StripeError as error:
            name = account or "your own account"
            self.stderr.write(f"{name}: {type(error).__name__}: {error}")
            return False
        return True

    def show(self, row: WebhookEndpoint) -> None:
        """Print an endpoint, without its secrets."""
        secrets = [
            f"{secret.name} (expired)" if secret.is_expired else secret.name
            for secret in row.secrets.all()
        ]
        states = [row.status or "unknown", *(["thin"] if row.is_thin else [])]
        if row.retires_at is not None and row.is_enabled:
            states.append(f"replaced, until {row.retires_at:%Y-%m-%d %H:%M}")
        if not row.is_verifiable:
            states.append("unverifiable: enter its signing secret in the admin")
        told = f"  secrets: {', '.join(secrets)}" if secrets else ""
        self.stdout.write(f"{row.pk}  {row.url}  {', '.join(states)}{told}")


def _endpoint(key: str) -> WebhookEndpoint:
    row = StripeEndpoint.with_secrets().filter(pk=key).first()
    if row is None:
        raise CommandError(
            f"There is no endpoint {key!r} here: run `stripe_endpoint sync` to store it."
        )
    return row
