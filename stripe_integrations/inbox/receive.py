"""Receive one HTTP request: authenticate it, and store and process its event."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from django.dispatch import Signal

from stripe_integrations import __version__, conf, counters, opentelemetry, signals
from stripe_integrations.choices import EventStatus, RecordTriggers, RefusalReason
from stripe_integrations.dispatch import events, store
from stripe_integrations.exceptions import (
    EndpointRefused,
    SignatureRefused,
    WebhookFailed,
    WebhookRefused,
)
from stripe_integrations.inbox import audit, authentication, payloads, request_details, signatures
from stripe_integrations.inbox.signatures import Secret

if TYPE_CHECKING:
    from stripe_integrations.models import Event, WebhookEndpoint, WebhookEventTrigger

Find = Callable[[], "tuple[list[WebhookEndpoint], list[Secret]]"]


def receive(request: Any, uuid: str | None = None) -> WebhookEventTrigger:
    """Take a request to the settings' secrets, or to the endpoint with this uuid.

    Returns its trigger. Raises WebhookRefused, or WebhookFailed when a webhook class raised. Must
    be called outside of a transaction, whose rollback would remove the trigger's row.
    """
    trigger = unsaved_trigger(request)
    if uuid is None:
        _take(trigger, request, authentication.of_settings, OF_SETTINGS)
    else:
        _take(trigger, request, partial(authentication.at, uuid), OF_UNKNOWN)
    return trigger


def from_request(request: Any, endpoint: WebhookEndpoint) -> WebhookEventTrigger:
    """Take a request to an endpoint, and return its trigger, `valid` or not.

    Raises WebhookFailed when a webhook class raised.
    """
    trigger = unsaved_trigger(request)
    try:
        _take(trigger, request, partial(authentication.of_endpoint, endpoint), endpoint.pk)
    except WebhookRefused:
        trigger.valid = False
    return trigger


def unsaved_trigger(request: Any) -> WebhookEventTrigger:
    """Return the unsaved trigger of a request.

    Its headers and address are filled in when the row is stored, or a receiver needs them.
    """
    model = conf.model("WebhookEventTrigger")
    trigger: WebhookEventTrigger = events.new_row(model, {"version": __version__})
    trigger.request = request
    return trigger


def accept(
    message: dict[str, Any],
    body: str,
    trigger: WebhookEventTrigger | None = None,
    *,
    account: str | None = None,
    as_of: int | None = None,
) -> Event:
    """Store a trusted event, run its classes or let the queue do it, and return its row.

    `message` is the parsed `body`, and `trigger` the request that brought it, which is stored with
    the event. `account` is the connected account of its endpoint. `as_of` is the latest Stripe time
    of the event, in Unix seconds: that of its signature, or of the answer that it was read in.
    Raises what `dispatch.store.store_event` does.
    """
    state, created = counters.ERROR, None
    try:
        stored = _accept(message, body, trigger, account, as_of)
        state, created = stored.status, stored.created
        return stored
    except WebhookFailed:
        state = EventStatus.FAILED
        raise
    finally:
        now = time.time()
        counters.events.append((now, state, created))
        if now >= counters.next_flush:
            counters.flush_if_due()


def _accept(
    message: dict[str, Any],
    body: str,
    trigger: WebhookEventTrigger | None,
    account: str | None,
    as_of: int | None,
) -> Event:
    if trigger is None:
        return store.store_event(events.unsaved_event(message, body, account, as_of))
    event = events.unsaved_event(
        message,
        body,
        account,
        as_of,
        webhook_endpoint_id=trigger.webhook_endpoint_id,
        secret_name=trigger.secret_name,
    )
    trigger.stripe_trigger_account = event.account
    is_kept = conf.get("RECORD_TRIGGERS") == RecordTriggers.ALL
    if is_kept:
        audit.prepare(trigger, event)
    try:
        stored = store.store_event(event, trigger if is_kept and trigger.pk is None else None)
    except WebhookFailed:
        trigger.event_id = event.pk  # which is stored
        raise
    except Exception:
        trigger.event_id = None
        raise
    trigger.event = stored
    is_processed = stored.status == EventStatus.PROCESSED
    if is_kept:
        audit.keep_outcome(trigger, is_processed=is_processed)
    trigger.processed = is_processed
    return stored


#: The names under which requests are counted that are of no endpoint known here.
OF_SETTINGS, OF_UNKNOWN = "", "unknown"


@opentelemetry.traced("stripe receive")
def _take(trigger: WebhookEventTrigger, request: Any, find: Find, counted_as: str) -> None:
    _send(signals.webhook_pre_validate, trigger)
    try:
        found = _validated(trigger, request, find)
    except WebhookRefused as refusal:
        audit.keep_refusal(trigger, refusal, trigger.webhook_endpoint_id or counted_as)
        _send(signals.webhook_post_validate, trigger, valid=False)
        raise
    trigger.valid, trigger.refused_body = True, ""
    _send(signals.webhook_post_validate, trigger, valid=True)
    _send(signals.webhook_pre_process, trigger)
    if opentelemetry.current_span is not None:
        told = {"stripe.event": found.message["id"], "stripe.event_type": found.message["type"]}
        opentelemetry.current_span().set_attributes(told)
    try:
        account = found.endpoint.account if found.endpoint else None
        accept(found.message, found.body, trigger, account=account, as_of=found.as_of)
    except Exception as error:
        audit.keep_error(trigger, error)
        _send(signals.webhook_processing_error, trigger, exception=error)
        raise
    _send(signals.webhook_post_process, trigger)


def _validated(trigger: WebhookEventTrigger, request: Any, find: Find) -> authentication.Validated:
    header = request.META.get(signatures.META_HEADER)
    if not header:
        with suppress(EndpointRefused):
            _note_endpoint(trigger, find()[0])
        raise SignatureRefused(
            f"There is no {signatures.HEADER} header.", code=RefusalReason.NO_HEADER
        )
    endpoints, secrets = find()
    if endpoints:
        _note_endpoint(trigger, endpoints)
    body = payloads.read_body(request, conf.get("MAX_BODY"))
    trigger.refused_body = body[: audit.MAX_REFUSED_BODY].decode("utf-8", "replace")
    text = payloads.decode(body)
    return authentication.validated(trigger, header, text, endpoints, secrets)


def _note_endpoint(trigger: WebhookEventTrigger, endpoints: list[WebhookEndpoint]) -> None:
    trigger.webhook_endpoint = endpoints[0] if endpoints else None


def _send(signal: Signal, trigger: WebhookEventTrigger, **given: Any) -> None:
    if signal.has_listeners(type(trigger)):
        request_details.fill_in(trigger)
        signal.send_robust(sender=type(trigger), instance=trigger, **given)
