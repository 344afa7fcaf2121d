"""The two kinds of Stripe object that an endpoint can be, which share their table."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import stripe

from stripe_integrations import client, conf, kinds, transactions
from stripe_integrations.actions import arguments
from stripe_integrations.actions.base import StripeAction
from stripe_integrations.dispatch import wanted_events
from stripe_integrations.endpoint_urls import refuse_private, uuid_in
from stripe_integrations.mirror import fetch
from stripe_integrations.mirror.settle import Settled
from stripe_integrations.mirror.snapshots import Snapshot, from_answer

if TYPE_CHECKING:
    from stripe_integrations.models import WebhookEndpoint

logger = logging.getLogger("stripe_integrations")

#: What Stripe's dashboard shows of an endpoint that was made here.
DESCRIPTION = "stripe_integrations"
#: The name of the secret that Stripe gives with a new endpoint.
FIRST_SECRET = "created"  # noqa: S105 - a name


class EndpointAction(StripeAction["WebhookEndpoint"]):
    """What is done at Stripe with an endpoint of either kind."""

    # -- what a subclass sets

    @classmethod
    def _creation(cls, url: str, *, connect: bool) -> dict[str, Any]:
        """Return the parameters of a new endpoint."""
        raise NotImplementedError

    @classmethod
    def _disabling(cls, stripe_id: str) -> tuple[str, dict[str, Any]]:
        """Return the path and the parameters that disable an endpoint."""
        raise NotImplementedError

    @classmethod
    def _secret(cls, data: dict[str, Any]) -> Any:
        """Return the signing secret that a new endpoint comes with."""
        raise NotImplementedError

    # -- the verbs

    @classmethod
    def sync(cls, data: dict[str, Any], *, account: str | None = None) -> WebhookEndpoint | None:
        """Write an endpoint that Stripe gave out, but for its secret, and return the row."""
        row = super().sync(data, account=account)
        return row and _with_uuid(row)

    @classmethod
    def try_to_settle(cls, row: WebhookEndpoint) -> Settled[WebhookEndpoint]:
        """Read an endpoint from the API, write it, and tell whether there was an answer."""
        settled = super().try_to_settle(row)
        return replace(settled, row=_with_uuid(settled.row))

    @classmethod
    def make(
        cls,
        url: str,
        account: str | None,
        *,
        connect: bool,
        params: dict[str, Any],
        idempotency_key: str | None = None,
    ) -> client.Answer:
        """Create an endpoint at Stripe. Raises ValueError for a URL that Stripe cannot reach."""
        refuse_private(url)
        return client.request(
            "post",
            client.resource_path(*cls.kind.resource.split("/")),
            {**cls._creation(url, connect=connect), **params},
            account=account,
            idempotency_key=idempotency_key,
        )

    @classmethod
    def keep(
        cls, answer: client.Answer, account: str | None, values: dict[str, Any]
    ) -> WebhookEndpoint:
        """Write a new endpoint with its secret, and return its row."""
        data = fetch.checked(cls.kind, answer.data, account)
        snapshot = from_answer(data, answer)

        def work() -> WebhookEndpoint:
            row = cls._write(snapshot, account=account)
            cls._rows().filter(pk=row.pk).update(**values)
            secrets = conf.model("WebhookSecret").objects.using(conf.database())
            if isinstance(secret := cls._secret(answer.data), str):
                secrets.get_or_create(
                    webhook_endpoint=row, name=FIRST_SECRET, defaults={"value": secret}
                )
            stored: WebhookEndpoint = cls._rows().get(pk=row.pk)
            return stored

        return transactions.run_atomic(work, conf.database())

    @classmethod
    def take_back(cls, answer: client.Answer, account: str | None) -> None:
        """Delete at Stripe an endpoint that could not be kept."""
        try:
            parts = (*cls.kind.resource.split("/"), str(answer.data.get("id")))
            client.request("delete", client.resource_path(*parts), account=account)
        except stripe.StripeError:
            logger.exception("%s stays at Stripe: delete it there.", answer.data.get("id"))

    @classmethod
    def stop(cls, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Let Stripe no longer post to an endpoint, and return its row."""
        arguments.check_row(cls.kind.model, endpoint, f"{cls.__name__}.retrieve(id) returns it")
        path, params = cls._disabling(endpoint.pk)
        return cls._call("post", path, params, account=endpoint.account, changes=endpoint.pk)

    @classmethod
    def _write(cls, snapshot: Snapshot, *, account: str | None = None) -> WebhookEndpoint:
        return _with_uuid(super()._write(snapshot, account=account))


class StripeEventDestination(EndpointAction):
    """Event destinations that are sent thin events.

    Follows https://docs.stripe.com/api/v2/core/event-destinations.
    """

    kind = kinds.EVENT_DESTINATION

    @classmethod
    def _creation(cls, url: str, *, connect: bool) -> dict[str, Any]:
        return {
            "name": DESCRIPTION,
            "type": "webhook_endpoint",
            "webhook_endpoint": {"url": url},
            "event_payload": "thin",
            "events_from": ["@accounts" if connect else "@self"],
            "enabled_events": wanted_events.enabled_thin_events(),
            # Told once, and only if asked for.
            "include": ["webhook_endpoint.signing_secret", "webhook_endpoint.url"],
        }

    @classmethod
    def _disabling(cls, stripe_id: str) -> tuple[str, dict[str, Any]]:
        parts = (*cls.kind.resource.split("/"), stripe_id, "disable")
        return client.resource_path(*parts), {}

    @classmethod
    def _secret(cls, data: dict[str, Any]) -> Any:
        target = data.get("webhook_endpoint")
        return target.get("signing_secret") if isinstance(target, dict) else None

    @classmethod
    def _write(cls, snapshot: Snapshot, *, account: str | None = None) -> WebhookEndpoint:
        target = snapshot.data.get("webhook_endpoint")
        if isinstance(target, dict):  # the secret has a table of its own
            public = {name: each for name, each in target.items() if name != "signing_secret"}
            data = {**snapshot.data, "webhook_endpoint": public}
            snapshot = replace(snapshot, data=data)
        return super()._write(snapshot, account=account)


def _with_uuid(row: WebhookEndpoint) -> WebhookEndpoint:
    """Take the uuid of an endpoint's row from its URL, and return the row."""
    found = uuid_in(row.url)
    if row.uuid != found:
        row.uuid = found
        row.save(using=conf.database(), update_fields=["uuid"])
    return row
