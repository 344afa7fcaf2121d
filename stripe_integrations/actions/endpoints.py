from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import stripe
from django.db.models import Prefetch, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from stripe_integrations import client, conf, kinds
from stripe_integrations.actions import arguments
from stripe_integrations.actions.endpoint_kinds import (
    DESCRIPTION,
    EndpointAction,
    StripeEventDestination,
)
from stripe_integrations.dispatch import wanted_events
from stripe_integrations.local_users import described
from stripe_integrations.mirror.settle import Settled

if TYPE_CHECKING:
    from stripe_integrations.models import StripeQuerySet, WebhookEndpoint

logger = logging.getLogger("stripe_integrations")

#: How long an endpoint that is rolled goes on: as long as Stripe tries again what it has failed to
#: send there, which ends when it is disabled.
OVERLAP = timedelta(days=3)


class StripeEndpoint(EndpointAction):
    """Verbs on webhook endpoints, also on those that are sent thin events.

    Follows https://docs.stripe.com/api/webhook_endpoints.
    """

    kind = kinds.WEBHOOK_ENDPOINT

    @classmethod
    def create(
        cls,
        url: str,
        *,
        account: str | None = None,
        connect: bool = False,
        thin: bool = False,
        **values: Any,
    ) -> WebhookEndpoint:
        """Create an endpoint at Stripe that posts to a URL of ours, and return its row.

        It is sent the events of what is mirrored (`MIRROR`), and those that registered webhook
        classes name, in the API version of the settings. `connect` is for the events of connected
        accounts; `thin` for thin events, of the types that are known here. `values` are columns of
        ours.
        Raises ValueError for a URL that Stripe cannot reach, and stripe.StripeError.
        """
        action: type[EndpointAction] = StripeEventDestination if thin else cls
        params = {"description": DESCRIPTION}
        answer = action.make(url, account, connect=connect, params=params)
        try:
            return action.keep(answer, account, values)
        except Exception:
            # Its secret is told once: without it, nobody could tell its requests from forged ones.
            action.take_back(answer, account)
            raise

    @classmethod
    def settle(cls, row: WebhookEndpoint) -> WebhookEndpoint:
        """Read an endpoint from the API, write it, and return the row."""
        _check(row)
        return super().settle(row)

    @classmethod
    def try_to_settle(cls, row: WebhookEndpoint) -> Settled[WebhookEndpoint]:
        """Read an endpoint from the API, write it, and tell whether there was an answer."""
        if row.is_thin:
            return StripeEventDestination.try_to_settle(row)
        return super().try_to_settle(row)

    @classmethod
    def roll(cls, endpoint: WebhookEndpoint, *, overlap: timedelta = OVERLAP) -> WebhookEndpoint:
        """Put a second endpoint at the same URL, with a new secret, and return its row.

        Stripe's API cannot give an endpoint another secret. Those of the old endpoint expire after
        `overlap`; the first `retire` after that disables it. Calls at the same moment, and calls
        after one that broke off, create one endpoint: they send the same idempotency key. Raises
        ValueError for an endpoint that cannot be replaced, TypeError for what is no row or no
        timedelta, and stripe.StripeError.
        """
        _check(endpoint)
        if not isinstance(overlap, timedelta):
            raise TypeError(f"Pass a timedelta as `overlap`, not {described(overlap)}.")
        if endpoint.uuid is None:
            raise ValueError(
                f"The URL of {endpoint.pk} has no uuid: WEBHOOK_SECRET is its secret, which is "
                "rolled in Stripe's dashboard and in the settings."
            )
        if endpoint.retires_at is not None and cls._has_heir(endpoint):
            raise ValueError(f"{endpoint.pk} is replaced already: roll the one that replaces it.")
        action = _action_of(endpoint)
        params = {
            "description": endpoint.description or DESCRIPTION,
            "metadata": endpoint.metadata or {},
        }
        key = salted_hmac(
            "stripe_integrations.roll", f"{endpoint.pk} {endpoint.uuid}", algorithm="sha256"
        ).hexdigest()
        answer = action.make(
            endpoint.url,
            endpoint.account,
            connect=endpoint.is_connect,
            params=params,
            idempotency_key=key,
        )
        values = {
            "tolerance": endpoint.tolerance,
            "validation_method": endpoint.validation_method,
        }
        new = action.keep(answer, endpoint.account, values)
        if answer.replayed:  # it is as old as a day: the endpoint may be disabled by now
            new = action.retrieve(new.pk, account=endpoint.account)
        ends = timezone.now() + overlap
        _all().filter(pk=endpoint.pk).update(retires_at=ends)
        secrets = conf.model("WebhookSecret").objects.using(conf.database())
        valid = secrets.filter(Q(expires_at=None) | Q(expires_at__gt=ends))
        valid.filter(webhook_endpoint=endpoint).update(expires_at=ends)
        if not overlap:
            cls.disable(endpoint)
        return new

    @classmethod
    def retire(cls) -> list[WebhookEndpoint]:
        """Disable the endpoints whose time is over, and that another one replaces; return them.

        One that Stripe does not let us disable is logged, and left to the next call.
        """
        over = _all().filter(retires_at__lte=timezone.now(), deleted_at=None)
        candidates = [row for row in over if row.is_enabled and cls._has_heir(row)]
        return [row for row in candidates if cls._retire(row)]

    @classmethod
    def _retire(cls, endpoint: WebhookEndpoint) -> bool:
        try:
            cls.disable(endpoint)
        except stripe.StripeError:
            logger.exception("%s could not be disabled.", endpoint.pk)
            return False
        return True

    @classmethod
    def _has_heir(cls, endpoint: WebhookEndpoint) -> bool:
        """Tell whether another endpoint brings the same events to the same URL."""
        same = cls.with_secrets().filter(uuid=endpoint.uuid, account=endpoint.account)
        others = same.filter(retires_at=None, event_payload=endpoint.event_payload)
        return any(
            other.is_enabled and other.is_verifiable and other.is_connect == endpoint.is_connect
            for other in others.exclude(pk=endpoint.pk)
        )

    @classmethod
    def with_secrets(cls) -> StripeQuerySet[WebhookEndpoint]:
        """Return all endpoints, each with its secrets."""
        secrets = conf.model("WebhookSecret").objects.using(conf.database())
        rows: StripeQuerySet[WebhookEndpoint] = _all()
        return rows.prefetch_related(Prefetch("secrets", secrets.order_by("created", "pk")))

    @classmethod
    def disable(cls, endpoint: WebhookEndpoint) -> WebhookEndpoint:
        """Let Stripe no longer post to it, and return its row.

        Raises TypeError for what is no row, and stripe.StripeError.
        """
        _check(endpoint)
        return _action_of(endpoint).stop(endpoint)

    @classmethod
    def _creation(cls, url: str, *, connect: bool) -> dict[str, Any]:
        return {
            "url": url,
            "enabled_events": wanted_events.enabled_events(),
            "api_version": conf.get("API_VERSION") or stripe.api_version,
            **({"connect": True} if connect else {}),
        }

    @classmethod
    def _disabling(cls, stripe_id: str) -> tuple[str, dict[str, Any]]:
        return client.resource_path(cls.kind.resource, stripe_id), {"disabled": True}

    @classmethod
    def _secret(cls, data: dict[str, Any]) -> Any:
        return data.get("secret")


def _all() -> Any:
    """Return the rows of endpoints of both kinds."""
    return conf.model("WebhookEndpoint").objects.using(conf.database())


def _check(endpoint: WebhookEndpoint) -> None:
    """Raise TypeError for what is no endpoint's row."""
    arguments.check_row("WebhookEndpoint", endpoint, "StripeEndpoint.retrieve(id) returns it")


def _action_of(endpoint: WebhookEndpoint) -> type[EndpointAction]:
    return StripeEventDestination if endpoint.is_thin else StripeEndpoint
