"""System checks of stored endpoints, run by `migrate` and `manage.py check --database default`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004
from django.db import DatabaseError

from stripe_integrations import conf
from stripe_integrations.actions import StripeEndpoint
from stripe_integrations.choices import ValidationMethod
from stripe_integrations.dispatch import wanted_events

if TYPE_CHECKING:
    from stripe_integrations.models import WebhookEndpoint


@register(Tags.database)
def check_endpoints(databases: Sequence[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """Find endpoints that refuse every request, and those that accept every request."""
    try:
        if conf.database() not in (databases or ()):
            return []
        endpoints = StripeEndpoint.with_secrets().not_deleted()
        rows = list(endpoints.exclude(status="disabled"))
    except (LookupError, ValueError, DatabaseError):  # other checks say why, or it is not migrated
        return []
    return [message for row in rows for message in _of(row)]


def _of(endpoint: WebhookEndpoint) -> Iterator[CheckMessage]:
    if conf.is_other_mode(endpoint.livemode):
        yield Error(
            f"The endpoint {endpoint.pk} and its secrets are of the other mode, live or test, than "
            "this database: it refuses every request.",
            hint="Disable it, and create one with this project's API key.",
            id="stripe_integrations.E014",
        )
    if endpoint.validation_method == ValidationMethod.NONE and not settings.DEBUG:
        yield Error(
            f"The endpoint {endpoint.pk} has no validation: it refuses every request.",
            hint="Set its validation method to verify_signature; `none` is for DEBUG.",
            id="stripe_integrations.E015",
        )
    if endpoint.tolerance < 1:
        yield Error(
            f"The endpoint {endpoint.pk} has a tolerance of 0 seconds: it refuses every request.",
            hint="Set it to 300.",
            id="stripe_integrations.E017",
        )
    thin, snapshot = wanted_events.enabled_thin_events, wanted_events.enabled_events
    wanted = thin() if endpoint.is_thin else snapshot()
    unsent = set(wanted) - set(endpoint.enabled_events or ())
    if endpoint.uuid is not None and unsent and "*" not in (endpoint.enabled_events or ()):
        told = "every event" if "*" in unsent else ", ".join(sorted(unsent)[:10])
        yield Warning(
            f"The endpoint {endpoint.pk} is not sent {told}, which webhook classes handle.",
            hint="Add them on its page in Stripe's dashboard, or run `manage.py stripe_endpoint "
            "roll`, which creates an endpoint for them. Or leave kinds out by MIRROR.",
            id="stripe_integrations.W011",
        )
    if endpoint.uuid is not None and not endpoint.is_verifiable:
        yield Warning(
            f"The endpoint {endpoint.pk} has no secret that is valid: it refuses every request.",
            hint="Enter its signing secret in the admin, or run `manage.py stripe_endpoint roll`.",
            id="stripe_integrations.W010",
        )
