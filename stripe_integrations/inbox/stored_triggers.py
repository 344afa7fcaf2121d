"""The verbs of a stored WebhookEventTrigger."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from stripe_integrations import client, conf, thin_events, transactions
from stripe_integrations.choices import EventStatus
from stripe_integrations.dispatch import run
from stripe_integrations.exceptions import PayloadRefused, SignatureRefused, WebhookRefused
from stripe_integrations.inbox import payloads, receive, signatures
from stripe_integrations.inbox.confirmation import confirmed, fetched

if TYPE_CHECKING:
    from stripe_integrations.models import Event, WebhookEventTrigger

#: Finds the event's id and account in the beginning of a body, which may be cut off.
EVENT_ID = re.compile(r'"id":\s*"(evt_\w{1,250})"', re.ASCII)
ACCOUNT_ID = re.compile(r'"(?:account|context)":\s*"(?:org_\w+/)*(acct_\w{1,250})"', re.ASCII)
THIN = re.compile(rf'"object":\s*"{re.escape(thin_events.OBJECT)}"')


def validate(trigger: WebhookEventTrigger, api_key: str | None, secret: str | None) -> bool:
    """Read a trigger's event from Stripe's API, and tell whether it is that event."""
    endpoint = trigger.webhook_endpoint
    try:
        message = payloads.check(trigger.json_body())
        theirs = confirmed(message, endpoint.account if endpoint else None, api_key).data
    except WebhookRefused:
        return False
    if not thin_events.is_thin(message) and theirs["data"] != message["data"]:
        return False
    tolerance = endpoint.tolerance if endpoint else conf.get("WEBHOOK_TOLERANCE")
    return secret is None or trigger.verify_signature(secret, tolerance)


def verify_signature(trigger: WebhookEventTrigger, secret: str, tolerance: int) -> bool:
    """Tell whether a secret signed a trigger's body, `tolerance` seconds ago at most."""
    header = trigger.headers.get(signatures.HEADER)
    try:
        signatures.verify_header(trigger.body, header, [signatures.Secret("", secret, tolerance)])
    except SignatureRefused:
        return False
    return True


def process_trigger(trigger: WebhookEventTrigger, save: bool, api_key: str | None) -> Event:
    """Process a trigger's event, and return that; one not stored yet is read from Stripe's API."""
    if trigger.event is not None:
        transactions.refuse_callers(*conf.class_databases())
        event = run.run_classes(trigger.event)
    else:
        answer = _read(trigger, api_key)
        body = payloads.serialize(answer.data)
        endpoint = trigger.webhook_endpoint
        event = receive.accept(
            answer.data,
            body,
            trigger,
            account=endpoint.account if endpoint else None,
            as_of=answer.as_of,
        )
    trigger.valid, trigger.processed = True, event.status == EventStatus.PROCESSED
    if save:
        trigger.save(using=conf.database())
    return event


def _read(trigger: WebhookEventTrigger, api_key: str | None) -> client.Answer:
    """Return the API's answer with the event that a refused body names.

    Raises WebhookRefused.
    """
    found = EVENT_ID.search(trigger.body)
    if found is None:
        raise PayloadRefused("The body names no event of Stripe's.")
    account = ACCOUNT_ID.search(trigger.body)
    endpoint = trigger.webhook_endpoint
    whose = account[1] if account else endpoint.account if endpoint else None
    is_thin = THIN.search(trigger.body) is not None
    answer = fetched(found[1], whose, api_key, is_thin=is_thin)
    if account is not None:
        answer.data.setdefault("context" if is_thin else "account", account[1])
    return answer
