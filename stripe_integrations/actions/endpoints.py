from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import stripe
from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from stripe_integrations import client, conf, event_types, registry, transactions
from stripe_integrations.actions.base import StripeAction
from stripe_integrations.actions.snapshots import from_answer
from stripe_integrations.endpoint_urls import refuse_private, uuid_in
from stripe_integrations.ordering import Snapshot

logger = logging.getLogger("stripe_integrations")

#: How long an endpoint that is rolled goes on: as long as Stripe tries again what it has failed to
#: send there, which ends when it is disabled.
OVERLAP = timedelta(days=3)
#: What Stripe's dashboard shows of an endpoint that was made here.
DESCRIPTION = "stripe_integrations"
#: The name of the secret that Stripe gives with a new endpoint.
FIRST_SECRET = "created"  # noqa: S105 - a name


class StripeEndpoint(StripeAction):
    """Verbs on webhook endpoints. Follows https://docs.stripe.com/api/webhook_endpoints."""

    model_name = "WebhookEndpoint"
    object_name = "webhook_endpoint"
    resource = "webhook_endpoints"

    @classmethod
    def create(
        cls, url: str, *, account: str | None = None, connect: bool = False, **values: Any
    ) -> Any:
        """Create an endpoint at Stripe that posts to a URL of ours, and return its row.

        It is sent what the registered webhook classes wait for, in the API version of the
        settings. `connect` is for the events of connected accounts; `values` are columns of ours.
        Raises ValueError for a URL that Stripe cannot reach, and stripe.StripeError.
        """
        answer = cls._create_at_stripe(url, account, connect, {"description": DESCRIPTION})
        try:
            return cls._keep(answer, account, values)
        except Exception:
            # Its secret is told once: without it, nobody could tell its requests from forged ones.
            cls._take_back(answer, account)
            raise

    @classmethod
    def roll(cls, endpoint: Any, *, overlap: timedelta = OVERLAP) -> Any:
        """Put a second endpoint at the same URL, with a new secret, and return its row.

        Stripe's API cannot give an endpoint another secret. Those of the old endpoint expire after
        `overlap`; the first `retire` after that disables it. Calls at the same moment, and calls
        after one that broke off, create one endpoint: they send the same idempotency key. Raises
        ValueError for an endpoint that cannot be replaced, and stripe.StripeError.
        """
        if endpoint.uuid is None:
            raise ValueError(
                f"The URL of {endpoint.pk} has no uuid: WEBHOOK_SECRET is its secret, which is "
                "rolled in Stripe's dashboard and in the settings."
            )
        if endpoint.retires_at is not None and cls._has_heir(endpoint):
            raise ValueError(f"{endpoint.pk} is replaced already: roll the one that replaces it.")
        connect = endpoint.application is not None
        params = {
            "description": endpoint.description or DESCRIPTION,
            "metadata": endpoint.metadata or {},
        }
        key = salted_hmac(
            "stripe_integrations.roll", f"{endpoint.pk} {endpoint.uuid}", algorithm="sha256"
        ).hexdigest()
        answer = cls._create_at_stripe(endpoint.url, endpoint.account, connect, params, key)
        values = {
            "tolerance": endpoint.tolerance,
            "validation_method": endpoint.validation_method,
        }
        new = cls._keep(answer, endpoint.account, values)
        if answer.replayed:  # it is as old as a day: the endpoint may be disabled by now
            new = cls.retrieve(new.pk, account=endpoint.account)
        ends = timezone.now() + overlap
        cls._rows().filter(pk=endpoint.pk).update(retires_at=ends)
        secrets = conf.model("WebhookSecret").objects.using(conf.database())
        valid = secrets.filter(Q(expires_at=None) | Q(expires_at__gt=ends))
        valid.filter(webhook_endpoint=endpoint).update(expires_at=ends)
        if not overlap:
            cls.disable(endpoint)
        return new

    @classmethod
    def retire(cls) -> list[Any]:
        """Disable the endpoints whose time is over, and that another one replaces; return them.

        One that Stripe does not let us disable is logged, and left to the next call.
        """
        over = cls._rows().filter(retires_at__lte=timezone.now(), deleted_at=None)
        candidates = [row for row in over if row.is_enabled and cls._has_heir(row)]
        return [row for row in candidates if cls._retire(row)]

    @classmethod
    def _retire(cls, endpoint: Any) -> bool:
        try:
            cls.disable(endpoint)
        except stripe.StripeError:
            logger.exception("%s could not be disabled.", endpoint.pk)
            return False
        return True

    @classmethod
    def _has_heir(cls, endpoint: Any) -> bool:
        """Tell whether another endpoint brings the same events to the same URL."""
        same = cls.with_secrets().filter(uuid=endpoint.uuid, account=endpoint.account)
        others = same.filter(retires_at=None, application__isnull=endpoint.application is None)
        return any(
            other.is_enabled and other.is_verifiable for other in others.exclude(pk=endpoint.pk)
        )

    @classmethod
    def with_secrets(cls) -> Any:
        """Return all endpoints, each with its secrets."""
        secrets = conf.model("WebhookSecret").objects.using(conf.database())
        return cls._rows().prefetch_related(Prefetch("secrets", secrets.order_by("created", "pk")))

    @classmethod
    def disable(cls, endpoint: Any) -> Any:
        """Let Stripe no longer post to it, and return its row. Raises stripe.StripeError."""
        path = client.resource_path(cls.resource, endpoint.pk)
        params = {"disabled": True}
        return cls._call("post", path, params, account=endpoint.account, changes=endpoint.pk)

    @classmethod
    def after_write(cls, row: Any, data: dict[str, Any], *, is_new: bool) -> None:
        """Take the uuid from the URL."""
        found = uuid_in(row.url)
        if row.uuid != found:
            row.uuid = found
            row.save(update_fields=["uuid"])

    @classmethod
    def _create_at_stripe(
        cls,
        url: str,
        account: str | None,
        connect: bool,
        params: dict[str, Any],
        idempotency_key: str | None = None,
    ) -> client.Answer:
        refuse_private(url)
        params = {
            "url": url,
            "enabled_events": enabled_events(),
            "api_version": conf.get("API_VERSION") or stripe.api_version,
            **params,
            **({"connect": True} if connect else {}),
        }
        path = client.resource_path(cls.resource)
        return client.request(
            "post", path, params, account=account, idempotency_key=idempotency_key
        )

    @classmethod
    def _keep(cls, answer: client.Answer, account: str | None, values: dict[str, Any]) -> Any:
        """Write a new endpoint with its secret, and return its row."""
        snapshot = from_answer(_without_secret(cls._checked(answer.data, account)), answer)

        def work() -> Any:
            row = cls._write(snapshot, account=account)
            cls._rows().filter(pk=row.pk).update(**values)
            secrets = conf.model("WebhookSecret").objects.using(conf.database())
            if isinstance(secret := answer.data.get("secret"), str):
                secrets.get_or_create(
                    webhook_endpoint=row, name=FIRST_SECRET, defaults={"value": secret}
                )
            return cls._rows().get(pk=row.pk)

        return transactions.run(work, conf.database())

    @classmethod
    def _take_back(cls, answer: client.Answer, account: str | None) -> None:
        try:
            path = client.resource_path(cls.resource, str(answer.data.get("id")))
            client.request("delete", path, account=account)
        except stripe.StripeError:
            logger.exception("%s stays at Stripe: delete it there.", answer.data.get("id"))

    @classmethod
    def _write(cls, snapshot: Snapshot, **where: Any) -> Any:
        """Write all but the secret, which has a table of its own."""
        return super()._write(replace(snapshot, data=_without_secret(snapshot.data)), **where)


def enabled_events() -> list[str]:
    """Return the event types that the registered webhook classes wait for, as Stripe wants them."""
    names = {name for webhook in registry.registered() for name in registry.names(webhook)}
    types = event_types.known()
    if "*" in names or not types:
        return ["*"]
    return sorted(kind for kind in types if any(registry.matches(name, kind) for name in names))


def _without_secret(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name != "secret"}
