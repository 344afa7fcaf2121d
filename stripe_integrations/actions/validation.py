"""Does a request come from Stripe? The event that it carries, or why it is not believed."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import F

from stripe_integrations import conf, payloads, signatures
from stripe_integrations.actions.confirmation import confirmed, is_same
from stripe_integrations.actions.events import StripeEventAction
from stripe_integrations.endpoint_urls import parsed_uuid
from stripe_integrations.exceptions import EndpointRefused
from stripe_integrations.hidden import HiddenText
from stripe_integrations.signatures import Secret

#: What is asked of a secret.
SECRET_COLUMNS = ("name", "value", "expires_at")


def of_settings() -> list[Secret]:
    """Return the secrets of the settings, named by their place there."""
    tolerance = conf.get("WEBHOOK_TOLERANCE")
    return [
        Secret(f"WEBHOOK_SECRET[{place}]", value, tolerance)
        for place, value in enumerate(conf.webhook_secrets())
    ]


def at(endpoint_uuid: str) -> tuple[list[Any], list[Secret]]:
    """Return the endpoints with this uuid, and their secrets. Raises EndpointRefused."""
    wanted = parsed_uuid(endpoint_uuid)
    endpoints = []
    if wanted is not None:
        # One query: an endpoint with three secrets is three rows, one without any is one.
        known = conf.model("WebhookEndpoint").objects.using(conf.database()).filter(uuid=wanted)
        columns = {f"of_{name}": F(f"secrets__{name}") for name in SECRET_COLUMNS}
        endpoints = list(known.annotate(**columns).order_by("created", "pk"))
    if not endpoints:
        raise EndpointRefused(
            "No endpoint has this uuid: run `manage.py stripe_endpoint sync` if it is new."
        )
    model = conf.model("WebhookSecret")
    secrets = [
        _secret(model(**{name: getattr(each, f"of_{name}") for name in SECRET_COLUMNS}), each)
        for each in endpoints
        if each.of_value is not None
    ]
    return list({each.pk: each for each in endpoints}.values()), secrets


def of_endpoint(endpoint: Any) -> tuple[list[Any], list[Secret]]:
    """Return one endpoint, and its secrets."""
    rows = conf.model("WebhookSecret").objects.using(conf.database())
    found = rows.filter(webhook_endpoint=endpoint)
    return [endpoint], [_secret(row, endpoint) for row in found]


def validated(
    trigger: Any, header: str, body: str, endpoints: list[Any], secrets: list[Secret]
) -> tuple[dict[str, Any], str]:
    """Return the event of a request, parsed and as text, and note on the trigger whose it is.

    `header` is the signature's. Without endpoints, the secrets of the settings decide. Raises
    WebhookRefused.
    """
    enabled = [endpoint for endpoint in endpoints if endpoint.is_enabled]
    trigger.webhook_endpoint = (enabled or endpoints or [None])[0]
    _check_endpoint(trigger.webhook_endpoint)
    method = trigger.webhook_endpoint and trigger.webhook_endpoint.validation_method
    if method == "retrieve_event":
        return _retrieved(payloads.parse(body), trigger.webhook_endpoint)
    if method == "none":
        if not settings.DEBUG:
            raise EndpointRefused(
                "The endpoint believes everybody, which is for DEBUG only: set its validation "
                "method to verify_signature.",
                code="unsafe_method",
            )
    else:
        # The same secret may have been entered twice, also at an endpoint that is disabled.
        in_order = sorted(secrets, key=lambda each: each.endpoint not in enabled)
        secret = signatures.verify(body, header, in_order)
        trigger.secret_name, trigger.webhook_endpoint = secret.name, secret.endpoint
        _check_endpoint(secret.endpoint)
    message = payloads.parse(body)
    _check_account(trigger.webhook_endpoint, message)
    return message, body


def _check_endpoint(endpoint: Any) -> None:
    if endpoint is None:
        return
    if not endpoint.is_enabled:
        raise EndpointRefused(
            "The endpoint is disabled: if it was enabled again, run `manage.py stripe_endpoint "
            "sync`.",
            code="disabled_endpoint",
        )
    if conf.livemode() is not None and endpoint.livemode is (not conf.livemode()):
        raise EndpointRefused(
            "The endpoint is of the other mode, live or test, than this database: disable it, "
            "and create one with this project's API key.",
            code="wrong_mode",
        )


def _check_account(endpoint: Any, message: dict[str, Any]) -> None:
    ours = endpoint and endpoint.account
    if ours and message.get("account") not in (None, ours):
        raise EndpointRefused(
            f"The event is of another account than the endpoint's, {ours}.", code="wrong_account"
        )


def _retrieved(message: dict[str, Any], endpoint: Any) -> tuple[dict[str, Any], str]:
    _check_account(endpoint, message)
    stored = StripeEventAction.find(message["id"])
    if stored is not None and is_same(stored.message, message):
        return stored.message, stored.body
    message = confirmed(message, endpoint.account)
    return message, payloads.serialize(message)


def _secret(row: Any, endpoint: Any) -> Secret:
    return Secret(
        row.name, HiddenText(row.value.strip()), endpoint.tolerance, row.is_expired, endpoint
    )
