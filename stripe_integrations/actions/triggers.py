"""One HTTP request: is it believed, and what becomes of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from django.dispatch import Signal

from stripe_integrations import (
    __version__,
    conf,
    mapping,
    payloads,
    signals,
    signatures,
)
from stripe_integrations.actions import recording, validation
from stripe_integrations.actions.confirmation import confirmed, fetched
from stripe_integrations.actions.webhooks import StripeWebhook
from stripe_integrations.exceptions import (
    EndpointRefused,
    PayloadRefused,
    SignatureRefused,
    WebhookRefused,
)
from stripe_integrations.remote_address import remote_address
from stripe_integrations.signatures import Secret

#: Headers kept of a request, and characters of each: some 8,000 in all.
MAX_HEADERS = 30
MAX_HEADER = 250
#: Characters kept of the signature, by which a stored request can be verified again.
MAX_SIGNATURE = 1000
#: Headers in which a client, or a proxy, sends what is nobody else's business.
PRIVATE_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization"})

#: Where the beginning of a body, which may be cut off, says which event of whom it is.
EVENT_ID = re.compile(r'"id":\s*"(evt_\w{1,250})"', re.ASCII)
ACCOUNT_ID = re.compile(r'"account":\s*"(acct_\w{1,250})"', re.ASCII)

Find = Callable[[], tuple[list[Any], list[Secret]]]


def receive(request: Any, uuid: str | None = None) -> Any:
    """Take a request to the settings' secrets, or to the endpoint with this uuid.

    Returns its trigger. Raises WebhookRefused, or WebhookFailed when a webhook class raised. Must
    be called outside of a transaction, lest its row is rolled back with that.
    """
    trigger = build(request)
    if uuid is None:
        _take(trigger, request, lambda: ([], validation.of_settings()), "")
    else:
        _take(trigger, request, partial(validation.at, uuid), "unknown")
    return trigger


def from_request(request: Any, endpoint: Any) -> Any:
    """Take a request to an endpoint, and return its trigger, `valid` or not.

    Raises WebhookFailed when a webhook class raised.
    """
    trigger = build(request)
    try:
        _take(trigger, request, partial(validation.of_endpoint, endpoint), endpoint.pk)
    except WebhookRefused:
        trigger.valid = False
    return trigger


def validate(trigger: Any, api_key: str | None, secret: str | None) -> bool:
    """Read a trigger's event from Stripe's API, and tell whether it is that event."""
    endpoint = trigger.webhook_endpoint
    try:
        message = payloads.check(trigger.json_body())
        theirs = confirmed(message, endpoint and endpoint.account, api_key)
    except WebhookRefused:
        return False
    if theirs["data"] != message["data"]:
        return False
    tolerance = endpoint.tolerance if endpoint else conf.get("WEBHOOK_TOLERANCE")
    return secret is None or trigger.verify_signature(secret, tolerance)


def process(trigger: Any, save: bool, api_key: str | None) -> Any:
    """Process a trigger's event, and return that; one not stored yet is read from Stripe's API."""
    if trigger.event is not None:
        event = StripeWebhook.process(trigger.event)
    else:
        message = _read(trigger, api_key)
        event = StripeWebhook.receive(message, payloads.serialize(message), trigger)
    trigger.valid, trigger.processed = True, event.status == "processed"
    if save:
        trigger.save(using=conf.database())
    return event


def _read(trigger: Any, api_key: str | None) -> dict[str, Any]:
    """Return the event that a refused body names, as Stripe's API has it. Raises WebhookRefused."""
    found = EVENT_ID.search(trigger.body)
    if found is None:
        raise PayloadRefused("The body names no event of Stripe's.")
    account = ACCOUNT_ID.search(trigger.body)
    endpoint = trigger.webhook_endpoint
    whose = account[1] if account else endpoint and endpoint.account
    event = fetched(found[1], whose, api_key)
    if account is not None:
        event.setdefault("account", account[1])
    return event


def build(request: Any) -> Any:
    """Return the unsaved trigger of a request."""
    signature = request.headers.get(signatures.HEADER)
    headers = {
        name[:MAX_HEADER]: "…" if name.lower() in PRIVATE_HEADERS else value[:MAX_HEADER]
        for name, value in list(request.headers.items())[:MAX_HEADERS]
    }
    if signature:
        headers[signatures.HEADER] = signature[:MAX_SIGNATURE]
    return conf.model("WebhookEventTrigger")(
        remote_ip=remote_address(request),
        headers=mapping.clean_json(headers),
        version=__version__,
    )


def _take(trigger: Any, request: Any, find: Find, endpoint: str) -> None:
    _send(signals.webhook_pre_validate, trigger)
    try:
        message, body = _validated(trigger, request, find)
    except WebhookRefused as refusal:
        recording.keep_refusal(trigger, refusal, trigger.webhook_endpoint_id or endpoint)
        _send(signals.webhook_post_validate, trigger, valid=False)
        raise
    trigger.valid, trigger.refused_body = True, ""
    _send(signals.webhook_post_validate, trigger, valid=True)
    _send(signals.webhook_pre_process, trigger)
    try:
        event = StripeWebhook.receive(message, body, trigger)
        recording.keep_outcome(trigger, event)
    except Exception as error:
        recording.keep_error(trigger, error)
        _send(signals.webhook_processing_error, trigger, exception=error)
        raise
    _send(signals.webhook_post_process, trigger)


def _validated(trigger: Any, request: Any, find: Find) -> tuple[dict[str, Any], str]:
    header = request.headers.get(signatures.HEADER)
    if not header:
        with suppress(EndpointRefused):
            _note_endpoint(trigger, find()[0])
        raise SignatureRefused(f"There is no {signatures.HEADER} header.", code="no_header")
    endpoints, secrets = find()
    _note_endpoint(trigger, endpoints)
    body = payloads.read(request)
    trigger.refused_body = body[: 4 * recording.MAX_REFUSED_BODY].decode("utf-8", "replace")
    text = payloads.decode(body)
    return validation.validated(trigger, header, text, endpoints, secrets)


def _note_endpoint(trigger: Any, endpoints: list[Any]) -> None:
    trigger.webhook_endpoint = endpoints[0] if endpoints else None


def _send(signal: Signal, trigger: Any, **given: Any) -> None:
    signal.send_robust(sender=type(trigger), instance=trigger, **given)
