"""Whether an unsigned payload is an event of Stripe's: Stripe is asked."""

from __future__ import annotations

import re
from typing import Any

import stripe

from stripe_integrations import client, payloads
from stripe_integrations.exceptions import PayloadNotConfirmed

EVENT_ID = re.compile(r"evt_[A-Za-z0-9_]{1,250}", re.ASCII)
ACCOUNT_ID = re.compile(r"acct_[A-Za-z0-9]{1,250}", re.ASCII)


def confirmed(
    message: dict[str, Any], account: str | None = None, api_key: str | None = None
) -> dict[str, Any]:
    """Return the event as Stripe's API has it. Raises PayloadNotConfirmed if it does not agree.

    `account` is the connected account that it is of if it names none.
    """
    account = message.get("account", account)
    if not EVENT_ID.fullmatch(message["id"]):
        raise PayloadNotConfirmed("The event's id is not one that Stripe gives.")
    if account is not None and not (isinstance(account, str) and ACCOUNT_ID.fullmatch(account)):
        raise PayloadNotConfirmed("The event's account is not an id that Stripe gives.")
    event = fetched(message["id"], account, api_key)
    if account is not None and event.get("account") in (None, account):
        # The API may leave out what the payload says, and say what the payload leaves out.
        event["account"] = message.get("account")
    if not is_same(event, message):
        raise PayloadNotConfirmed("Stripe's API has another event under this id.")
    return event


def is_same(ours: dict[str, Any], theirs: dict[str, Any]) -> bool:
    """Tell whether two messages are of one event, as far as a payload that nobody signed says."""
    return _identity(ours) == _identity(theirs)


def fetched(event_id: str, account: str | None, api_key: str | None = None) -> dict[str, Any]:
    """Return an event as Stripe's API has it. Raises PayloadNotConfirmed if it has none."""
    path = client.resource_path("events", event_id)
    try:
        answer = client.request("get", path, account=account, api_key=api_key, impatient=True)
    except stripe.StripeError as error:
        raise PayloadNotConfirmed(
            f"Stripe's API does not confirm the event ({type(error).__name__}): see that it can be "
            "reached, and that STRIPE_INTEGRATIONS['API_KEY'] may read events; or let the "
            "signature be checked instead, as StripeWebhookViewSet does."
        ) from error
    return payloads.check(answer.data)


def _identity(message: dict[str, Any]) -> list[Any]:
    data = message.get("data")
    found = data.get("object") if isinstance(data, dict) else None
    keys = ("id", "type", "created", "livemode", "account")
    return [*map(message.get, keys), found.get("id") if isinstance(found, dict) else None]
