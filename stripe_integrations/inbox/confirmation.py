"""Confirm an unsigned payload: the event is read from Stripe's API and compared."""

from __future__ import annotations

import re
from typing import Any

import stripe

from stripe_integrations import client, thin_events
from stripe_integrations.exceptions import PayloadNotConfirmed
from stripe_integrations.inbox import payloads
from stripe_integrations.storable import EVENT_ID

ACCOUNT_ID = re.compile(r"acct_[A-Za-z0-9]{1,250}", re.ASCII)


def confirmed(
    message: dict[str, Any], account: str | None = None, api_key: str | None = None
) -> client.Answer:
    """Return the API's answer with the event of a payload.

    `account` is the connected account of an event that names none. Raises PayloadNotConfirmed
    if the two do not agree.
    """
    is_thin = thin_events.is_thin(message)
    if is_thin:
        account = thin_events.account_of(message) or account
    else:
        account = message.get("account", account)
    if not EVENT_ID.fullmatch(message["id"]):
        raise PayloadNotConfirmed("The event's id is not one that Stripe gives.")
    if account is not None and not (isinstance(account, str) and ACCOUNT_ID.fullmatch(account)):
        raise PayloadNotConfirmed("The event's account is not an id that Stripe gives.")
    answer = fetched(message["id"], account, api_key, is_thin=is_thin)
    event = answer.data
    if account is not None and thin_events.account_of(event) in (None, account):
        # The API may leave out what the payload says, and say what the payload leaves out.
        whose = "context" if is_thin else "account"
        event[whose] = message.get(whose)
    if not is_same(event, message):
        raise PayloadNotConfirmed("Stripe's API has another event under this id.")
    return answer


def is_same(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    """Tell whether an unsigned payload and an answer are the same event."""
    return _identity(ours) == _identity(theirs)


def fetched(
    event_id: str, account: str | None, api_key: str | None = None, *, is_thin: bool = False
) -> client.Answer:
    """Return the API's answer with an event.

    Raises PayloadNotConfirmed if it has none, and PayloadRefused for one that cannot be stored.
    """
    resource = ("v2", "core", "events") if is_thin else ("events",)
    path = client.resource_path(*resource, event_id)
    try:
        answer = client.request("get", path, account=account, api_key=api_key, impatient=True)
    except stripe.StripeError as error:
        raise PayloadNotConfirmed(
            f"Stripe's API does not confirm the event ({type(error).__name__}): see that it can be "
            "reached, and that STRIPE_INTEGRATIONS['API_KEY'] may read events; or let the "
            "signature be checked instead, as StripeWebhookViewSet does."
        ) from error
    payloads.check(answer.data)
    return answer


def _identity(message: dict[str, Any]) -> list[Any]:
    data, found = message.get("data"), message.get("related_object")
    if isinstance(data, dict) and "object" in data:
        found = data["object"]
    keys = ("id", "type", "created", "livemode", "account", "context")
    return [*map(message.get, keys), found.get("id") if isinstance(found, dict) else None]
