from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import stripe
from django.core.management.base import BaseCommand, CommandError, CommandParser

from stripe_integrations import routes
from stripe_integrations.actions import StripeEndpoint, verification
from stripe_integrations.actions.endpoints import OVERLAP
from stripe_integrations.management.arguments import account as account_id
from stripe_integrations.management.arguments import duration


class Command(BaseCommand):
    help = "Create, list, roll and disable webhook endpoints at Stripe, and adopt those there."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        create = verbs.add_parser("create", help="create an endpoint at Stripe")
        create.add_argument(
            "--base-url",
            required=True,
            metavar="https://…",
            help="where this project answers; the webhook's path and a new uuid follow it",
        )
        create.add_argument("--account", metavar="acct_…", type=account_id)
        create.add_argument(
            "--connect", action="store_true", help="for the events of connected accounts"
        )
        verbs.add_parser("list", help="list the endpoints that are known here")
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
        disable = verbs.add_parser("disable", help="let Stripe no longer post to an endpoint")
        disable.add_argument("endpoint", metavar="we_…")
        sync = verbs.add_parser(
            "sync", help="adopt what is at Stripe, and disable what a roll has replaced"
        )
        sync.add_argument("--account", metavar="acct_…", type=account_id)

    def handle(self, *, verb: str, **options: Any) -> None:
        try:
            getattr(self, f"handle_{verb}")(**options)
        except stripe.StripeError as error:
            raise CommandError(f"{type(error).__name__}: {error}") from error

    def handle_create(
        self, *, base_url: str, account: str | None, connect: bool, **_options: Any
    ) -> None:
        try:
            url = base_url.rstrip("/") + routes.endpoint_path(uuid.uuid4())
            row = StripeEndpoint.create(url, account=account, connect=connect)
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
        accounts = [account] if account else verification.accounts(StripeEndpoint)
        complete = [self.is_synced(each) for each in accounts]
        for row in StripeEndpoint.retire():
            self.stdout.write(f"{row.pk} is replaced by another one, and disabled.")
        self.handle_list()
        if not all(complete):
            raise CommandError("Not all is synced: see above.")

    def is_synced(self, account: str | None) -> bool:
        """Adopt what is there; an account that cannot be read keeps no other from it."""
        try:
            for difference in verification.differences(StripeEndpoint, account):
                well = verification.repair(difference)
                self.stdout.write(f"{difference}: {'repaired' if well else 'left as it is'}")
        except stripe.StripeError as error:
            name = account or "our own account"
            self.stderr.write(f"{name}: {type(error).__name__}: {error}")
            return False
        return True

    def show(self, row: Any) -> None:
        """Write what there is to know of an endpoint, but no secret."""
        secrets = [
            f"{secret.name} (expired)" if secret.is_expired else secret.name
            for secret in row.secrets.all()
        ]
        states = [row.status or "unknown"]
        if row.retires_at is not None and row.is_enabled:
            states.append(f"replaced, until {row.retires_at:%Y-%m-%d %H:%M}")
        if not row.is_verifiable:
            states.append("unverifiable: enter its signing secret in the admin")
        self.stdout.write(
            f"{row.pk}  {row.url}  {', '.join(states)}  {', '.join(secrets)}".rstrip()
        )


def _endpoint(key: str) -> Any:
    row = StripeEndpoint.with_secrets().filter(pk=key).first()
    if row is None:
        raise CommandError(f"There is no endpoint {key!r} here: `stripe_endpoint sync` adopts it.")
    return row
