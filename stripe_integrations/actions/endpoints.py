from __future__ import annotations

from datetime import timedelta
from typing import Any

import stripe
from django.db.models import Q
from django.utils import timezone

from stripe_integrations import client, conf, event_types, registry, transactions
from stripe_integrations.actions.base import StripeAction
from stripe_integrations.actions.snapshots import from_answer
from stripe_integrations.endpoint_urls import refuse_private, uuid_in

#: The name of the secret that Stripe gives with a new endpoint.
FIRST_SECRET = "created"  # noqa: S105 - a name


class StripeEndpoint(StripeAction):
    """Verbs on webhook endpoints. Follows https://docs.stripe.com/api/webhook_endpoints."""

    model_name = "WebhookEndpoint"
    object_name = "webhook_endpoint"
    resource = "webhook_endpoints"

    @classmethod
    def create(
        cls,
        url: str,
        *,
        account: str | None = None,
        connect: bool = False,
        description: str = "stripe_integrations",
        **values: Any,
    ) -> Any:
        """Create an endpoint at Stripe that posts to a URL of ours, and return its row.

        It is sent what the registered webhook classes wait for, in the API version of the
        settings. `connect` is for the events of connected accounts; `values` are columns of ours.
        Raises ValueError for a URL that Stripe cannot reach, and stripe.StripeError.
        """
        refuse_private(url)
        params: dict[str, Any] = {
            "url": url,
            "description": description,
            "enabled_events": enabled_events(),
            "api_version": conf.get("API_VERSION") or stripe.api_version,
        }
        if connect:
            params["connect"] = True
        path = client.resource_path(cls.resource)
        answer = client.request("post", path, params, account=account)
        data = cls._checked(answer.data, account)

        def keep() -> Any:
            row = cls._write(from_answer(data, answer), account=account)
            cls._rows().filter(pk=row.pk).update(**values)
            if isinstance(secret := answer.data.get("secret"), str):
                row.secrets.create(name=FIRST_SECRET, value=secret)
            return cls._rows().get(pk=row.pk)

        return transactions.run(keep, conf.database())

    @classmethod
    def roll(cls, endpoint: Any, *, overlap: timedelta) -> Any:
        """Put a second endpoint at the same URL, with a new secret, and return its row.

        Stripe's API cannot give an endpoint another secret. Those of the old endpoint expire after
        `overlap`; the first `retire` after that disables it. Raises stripe.StripeError.
        """
        new = cls.create(
            endpoint.url,
            account=endpoint.account,
            connect=endpoint.application is not None,
            tolerance=endpoint.tolerance,
            validation_method=endpoint.validation_method,
        )
        ends = timezone.now() + overlap
        endpoint.secrets.filter(Q(expires_at=None) | Q(expires_at__gt=ends)).update(expires_at=ends)
        cls.retire()
        return new

    @classmethod
    def retire(cls) -> list[Any]:
        """Disable the endpoints whose secrets have all expired and that another one replaces."""
        retired = []
        for endpoint in cls._rows().exclude(uuid=None).prefetch_related("secrets"):
            is_over = endpoint.secrets.all() and not endpoint.is_verifiable
            if endpoint.is_enabled and is_over and cls._has_heir(endpoint):
                retired.append(cls.disable(endpoint))
        return retired

    @classmethod
    def _has_heir(cls, endpoint: Any) -> bool:
        others = cls._rows().filter(uuid=endpoint.uuid).exclude(pk=endpoint.pk)
        return any(other.is_enabled and other.is_verifiable for other in others)

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
    def _checked(cls, data: dict[str, Any], account: str | None, **how: Any) -> dict[str, Any]:
        checked = super()._checked(data, account, **how)
        return {name: value for name, value in checked.items() if name != "secret"}


def enabled_events() -> list[str]:
    """Return the event types that the registered webhook classes wait for, as Stripe wants them."""
    names = {name for webhook in registry.registered() for name in registry.names(webhook)}
    types = event_types.known()
    if "*" in names or not types:
        return ["*"]
    return sorted(kind for kind in types if any(registry.matches(name, kind) for name in names))
