"""Does a request come from Stripe? Returns its event, or raises the reason of the refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db.models import F

from stripe_integrations import conf, thin_events, transactions
from stripe_integrations.choices import RefusalReason, ValidationMethod
from stripe_integrations.dispatch import events
from stripe_integrations.endpoint_urls import parsed_uuid
from stripe_integrations.exceptions import EndpointRefused
from stripe_integrations.inbox import payloads, signatures
from stripe_integrations.inbox.confirmation import confirmed, is_same
from stripe_integrations.inbox.signatures import Secret
from stripe_integrations.masking import HiddenText

if TYPE_CHECKING:
    from stripe_integrations.models import WebhookEndpoint, WebhookEventTrigger, WebhookSecret

#: The columns that are read of a secret.
SECRET_COLUMNS = ("name", "value", "expires_at")


class Validated(NamedTuple):
    """The event of an accepted request, parsed and as text."""

    message: dict[str, Any]
    body: str
    #: The latest Stripe time of the event, in Unix seconds, if that is known.
    as_of: int | None
    #: The endpoint that it came to, None for the settings' secrets.
    endpoint: WebhookEndpoint | None


def of_settings() -> tuple[list[WebhookEndpoint], list[Secret]]:
    """Return no endpoint, and the secrets of the settings, named by their index."""
    tolerance, secrets = conf.get("WEBHOOK_TOLERANCE"), []
    for place, value in enumerate(conf.webhook_secrets()):
        secrets.append(Secret(f"WEBHOOK_SECRET[{place}]", value, tolerance))
    return [], secrets


def at(endpoint_uuid: str) -> tuple[list[WebhookEndpoint], list[Secret]]:
    """Return the endpoints with this uuid, and their secrets. Raises EndpointRefused."""
    wanted = parsed_uuid(endpoint_uuid)
    endpoints = []
    if wanted is not None:
        # One query: an endpoint with three secrets is three rows, one without any is one.
        known = conf.model("WebhookEndpoint").objects.using(conf.database()).filter(uuid=wanted)
        columns = {f"of_{name}": F(f"secrets__{name}") for name in SECRET_COLUMNS}
        rows = known.annotate(**columns).order_by("created", "pk")
        endpoints = transactions.run_query(lambda: list(rows), conf.database())
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


def of_endpoint(endpoint: WebhookEndpoint) -> tuple[list[WebhookEndpoint], list[Secret]]:
    """Return one endpoint, and its secrets."""
    rows = conf.model("WebhookSecret").objects.using(conf.database())
    found = rows.filter(webhook_endpoint=endpoint)
    return [endpoint], [_secret(row, endpoint) for row in found]


def validated(
    trigger: WebhookEventTrigger,
    header: str,
    body: str,
    endpoints: list[WebhookEndpoint],
    secrets: list[Secret],
) -> Validated:
    """Return the event of a request, and set the endpoint and account of the trigger.

    `header` is the signature's. Without endpoints, the secrets of the settings decide. Raises
    WebhookRefused.
    """
    enabled = [endpoint for endpoint in endpoints if endpoint.is_enabled]
    endpoint = next(iter(enabled or endpoints), None)
    if endpoint is not None:
        trigger.webhook_endpoint = endpoint
        _check_endpoint(endpoint)
    if endpoint is not None and endpoint.validation_method == ValidationMethod.RETRIEVE_EVENT:
        return _retrieved(payloads.parse(body), endpoint)
    as_of = None
    if endpoint is not None and endpoint.validation_method == ValidationMethod.NONE:
        if not settings.DEBUG:
            raise EndpointRefused(
                "The endpoint does not verify requests, which works with DEBUG only: set its "
                "validation method to verify_signature.",
                code=RefusalReason.UNSAFE_METHOD,
            )
    else:
        # The same secret may have been entered twice, also at an endpoint that is disabled.
        in_order = [each for each in secrets if each.endpoint in enabled]
        in_order += [each for each in secrets if each.endpoint not in enabled]
        signature = signatures.verify_header(body, header, in_order)
        secret = signature.secret
        endpoint = secret.endpoint
        trigger.secret_name = secret.name
        if endpoint is not None:
            trigger.webhook_endpoint = endpoint
            _check_endpoint(endpoint)
        as_of = signature.timestamp + 1  # in whole seconds: signed up to one after it
    message = payloads.parse(body)
    if endpoint is not None:
        _check_account(endpoint, message)
    return Validated(message, body, as_of, endpoint)


def _check_endpoint(endpoint: WebhookEndpoint) -> None:
    if not endpoint.is_enabled:
        raise EndpointRefused(
            "The endpoint is disabled: if it was enabled again, run `manage.py stripe_endpoint "
            "sync`.",
            code=RefusalReason.DISABLED_ENDPOINT,
        )
    if conf.is_other_mode(endpoint.livemode):
        raise EndpointRefused(
            "The endpoint is of the other mode, live or test, than this database: disable it, "
            "and create one with this project's API key.",
            code=RefusalReason.WRONG_MODE,
        )


def _check_account(endpoint: WebhookEndpoint, message: dict[str, Any]) -> None:
    ours = endpoint.account
    if ours and thin_events.account_of(message) not in (None, ours):
        raise EndpointRefused(
            f"The event is of another account than the endpoint's, {ours}.",
            code=RefusalReason.WRONG_ACCOUNT,
        )


def _retrieved(message: dict[str, Any], endpoint: WebhookEndpoint) -> Validated:
    _check_account(endpoint, message)
    stored = events.find_event(message["id"])
    if stored is not None and is_same(stored.message, message):
        return Validated(stored.message, stored.body, stored.as_of, endpoint)
    answer = confirmed(message, endpoint.account)
    body = payloads.serialize(answer.data)
    return Validated(answer.data, body, answer.as_of, endpoint)


def _secret(row: WebhookSecret, endpoint: WebhookEndpoint) -> Secret:
    return Secret(
        row.name, HiddenText(row.value.strip()), endpoint.tolerance, row.is_expired, endpoint
    )
