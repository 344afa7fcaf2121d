from __future__ import annotations

import uuid
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.timezone import is_naive, make_aware

from stripe_integrations import client, kinds
from stripe_integrations.actions import arguments, idempotency
from stripe_integrations.actions.resources import StripeResource

if TYPE_CHECKING:
    from stripe_integrations.models import Meter, StripeBaseMeter


class StripeMeter(StripeResource["Meter"]):
    """Verbs on meters and their events. Follows https://docs.stripe.com/api/billing/meter."""

    kind = kinds.METER

    @classmethod
    def create(
        cls,
        display_name: str,
        event_name: str,
        *,
        formula: str = "sum",
        account: str | None = None,
        idempotency_key: str | None = None,
        **params: Any,
    ) -> Meter:
        """Create a meter, and return its row; `formula` is `sum`, `count` or `last`.

        The same call within a day returns the same meter, unless that is inactive. Raises
        stripe.StripeError.
        """
        params = {
            "display_name": display_name,
            "event_name": event_name,
            "default_aggregation": {"formula": formula},
            **params,
        }
        return cls._create_one(params, account=account, idempotency_key=idempotency_key)

    @classmethod
    def update(
        cls, meter: StripeBaseMeter | str, *, idempotency_key: str | None = None, **params: Any
    ) -> Meter:
        """Change a meter's `display_name` at Stripe, and return its row.

        Raises stripe.StripeError.
        """
        return cls._change(meter, params, idempotency_key=idempotency_key)

    @classmethod
    def deactivate(
        cls, meter: StripeBaseMeter | str, *, idempotency_key: str | None = None
    ) -> Meter:
        """Let a meter take no more events, and return its row. Raises stripe.StripeError."""
        return cls._change(meter, {}, "deactivate", idempotency_key=idempotency_key)

    @classmethod
    def reactivate(
        cls, meter: StripeBaseMeter | str, *, idempotency_key: str | None = None
    ) -> Meter:
        """Let a meter take events again, and return its row. Raises stripe.StripeError."""
        return cls._change(meter, {}, "reactivate", idempotency_key=idempotency_key)

    @classmethod
    def record(
        cls,
        event_name: str,
        customer: Any,
        value: int | Decimal,
        *,
        identifier: str | None = None,
        timestamp: datetime | int | None = None,
        idempotency_key: str | None = None,
        **payload: str,
    ) -> dict[str, Any]:
        """Tell Stripe of a customer's usage, and return the meter event, which is not stored here.

        Stripe counts an `identifier` once. By default it is made of all arguments if there is a
        `timestamp`, in Unix seconds or a datetime, so that a retry counts once; without both, each
        call counts. `payload` has the further dimensions of the meter. Raises stripe.StripeError.
        Follows https://docs.stripe.com/api/billing/meter-event.
        """
        owner = arguments.customer(customer)
        told = format(value, "f") if isinstance(value, Decimal) else str(value)  # not as 1E+3
        keys = cls._payload_keys(event_name, owner.account)
        exact = _seconds(timestamp)
        params: dict[str, Any] = {
            "event_name": event_name,
            "payload": {keys[0]: owner.id, keys[1]: told, **payload},
        }
        path = client.resource_path("billing", "meter_events")
        if identifier is None:
            own = idempotency.key(path, params, owner.account, exact)
            identifier = str(uuid.uuid4()) if exact is None else own
        params["identifier"] = identifier
        if exact is not None:
            params["timestamp"] = int(exact)  # whole seconds are what Stripe takes
        key = idempotency_key or idempotency.key(path, params, owner.account, None)
        answer = client.request("post", path, params, account=owner.account, idempotency_key=key)
        return answer.data

    @classmethod
    def _payload_keys(cls, event_name: str, account: str | None) -> tuple[str, str]:
        """Return the keys of customer and value in a meter's events; Stripe's own without a row."""
        known = cls._rows().not_deleted().filter(event_name=event_name, account=account)
        row: Meter | None = known.order_by("-created", "-pk").first()
        return (
            (row and row.customer_payload_key) or "stripe_customer_id",
            (row and row.value_payload_key) or "value",
        )

    @classmethod
    def _is_unusable(cls, row: Meter) -> bool:
        return super()._is_unusable(row) or row.status == "inactive"


def _seconds(moment: datetime | int | None) -> float | None:
    """Return a moment in Unix seconds, as exact as it was given.

    Raises TypeError for anything else.
    """
    if isinstance(moment, datetime):
        return (make_aware(moment) if is_naive(moment) else moment).timestamp()
    return None if moment is None else arguments.timestamp(moment)
