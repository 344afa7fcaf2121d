from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from stripe_integrations import conf, mapping, payloads

#: After this time without an end, a worker is taken to be dead.
LEASE = timedelta(minutes=10)

MAX_KIND = 255


class StripeEventAction:
    """Verbs on stored events. Follows https://docs.stripe.com/api/events."""

    @classmethod
    def add(
        cls,
        stripe_id: str,
        kind: str,
        livemode: bool | None,
        api_version: str | None,
        message: dict[str, Any],
        request: Any = None,
        pending_webhooks: int = 0,
    ) -> Any:
        """Store an event and return its row; an event that is there already is returned as it is.

        `message` is the whole event, or only the object that it is about. Nothing is processed:
        `StripeWebhook.process(event)` does that. Raises PayloadRefused for what cannot be stored.
        """
        envelope = {
            "id": stripe_id,
            "object": "event",
            "api_version": api_version,
            "livemode": livemode,
            "pending_webhooks": pending_webhooks,
            "request": request,
            "type": kind,
        }
        if isinstance(message.get("data"), dict) and "type" in message:
            envelope = {**message, **envelope}
        else:
            envelope["data"] = {"object": message}
        payloads.check(envelope)
        event = cls.build(envelope, payloads.serialize(envelope))
        try:
            with transaction.atomic(using=conf.database()):
                event.save(using=conf.database(), force_insert=True)
        except IntegrityError:
            stored = cls.find(event.pk)
            if stored is None:
                raise
            return stored
        return event

    @classmethod
    def link_customer(cls, event: Any, customer: Any) -> Any:
        """Set the customer that an event is about, and return the event."""
        event.customer = customer
        event.save(using=conf.database(), update_fields=["customer"])
        return event

    @classmethod
    def find(cls, stripe_id: str) -> Any:
        """Return the stored event with this id, or None."""
        return conf.model("Event").objects.using(conf.database()).filter(pk=stripe_id).first()

    @classmethod
    def build(cls, message: dict[str, Any], body: str, account: str | None = None) -> Any:
        """Return an unsaved row for a checked event and its text.

        `account` is the connected account that it is of if it names none.
        """
        model = conf.model("Event")
        livemode = message.get("livemode")
        event = model(
            pk=_row_id(message["id"]),
            kind=mapping.clean_text(message["type"])[:MAX_KIND],
            livemode=livemode if isinstance(livemode, bool) else None,
            account=mapping.reference(message.get("account")) or account,
            body=body,
            lease_expires_at=timezone.now() + LEASE,
        )
        for name, value in mapping.columns(model, message, event.account).items():
            setattr(event, name, value)
        if event.object_type == "customer":
            event.customer_id = mapping.reference(event.object_id)
        event.__dict__["message"] = message
        return event


def _row_id(stripe_id: str) -> str:
    # Stripe's test sender uses evt_000…0 for all its events: each is a row of its own.
    if stripe_id.startswith("evt_") and not stripe_id[4:].strip("0"):
        suffix = f":{secrets.token_hex(8)}"
        return stripe_id[: conf.MAX_ID - len(suffix)] + suffix
    return stripe_id
