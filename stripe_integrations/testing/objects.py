"""Stripe's objects and events, in today's shape; what is passed takes the place of an example.

::

    objects.price("price_gold", unit_amount=1900)
    objects.build("checkout.session", customer="cus_1")
    objects.event("customer.subscription.deleted", objects.subscription(status="canceled"))

The references in examples are the ids of other examples: the price is of the product, the
subscription of the customer. Times are Unix seconds around `NOW`.
"""

from __future__ import annotations

import copy
import itertools
import json
from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any

from stripe_integrations import event_types
from stripe_integrations.kinds import ENTITLEMENT_SUMMARY
from stripe_integrations.testing.shapes import ID_PREFIXES, NOW, SHAPES

__all__ = [
    "NOW",
    "bare",
    "body",
    "build",
    "card",
    "coupon",
    "customer",
    "event",
    "payment_method",
    "prefix",
    "price",
    "product",
    "subscription",
    "thin_event",
]

Data = dict[str, Any]

_ids = itertools.count(1)


def event(
    kind: str,
    data: Data | None = None,
    *,
    created: int = NOW,
    id: str | None = None,
    livemode: bool = False,
    previous: Data | None = None,
    **extra: Any,
) -> Data:
    """Return an event of a type around an object, by default one of the kind that it is about.

    `previous` is what an update has replaced, `extra` other attributes, such as `account`.
    """
    if data is None:
        data = build(event_types.object_names(kind)[0])
    message: Data = {
        "id": id or f"evt_test{next(_ids)}x{NOW}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": created,
        "data": {"object": data},
        "livemode": livemode,
        "pending_webhooks": 1,
        "request": {"id": "req_1", "idempotency_key": None},
        "type": kind,
        **extra,
    }
    if previous is not None:
        message["data"]["previous_attributes"] = previous
    return message


def thin_event(
    kind: str,
    object_type: str,
    object_id: str,
    *,
    created: float = NOW,
    account: str | None = None,
    twin: Data | None = None,
    **extra: Any,
) -> Data:
    """Return a thin event about an object, in its own account or a connected one."""
    about = {"id": object_id, "type": object_type, "url": f"/v1/{object_type}s/{object_id}"}
    return {
        "id": f"evt_thin{next(_ids)}x{NOW}",
        "object": "v2.core.event",
        "type": kind,
        "created": datetime.fromtimestamp(created, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.250Z"),
        "livemode": False,
        "context": account,
        "related_object": about,
        "snapshot_event": twin and twin["id"],
        "changes": None,
        "reason": {"type": "request", "request": {"id": "req_1", "idempotency_key": "key_1"}},
        **extra,
    }


def body(message: Data) -> bytes:
    return json.dumps(message).encode()


def build(name: str, id: str | None = None, /, **values: Any) -> Data:
    """Return an object of any kind, such as `invoice` or `checkout.session`."""
    if name in BUILDERS:
        return BUILDERS[name](**({} if id is None else {"id": id}), **values)
    own = copy.deepcopy(SHAPES.get(name, {}))
    if name == "invoice":
        own["lines"] = {"object": "list", "data": [build("line_item")], "has_more": False}
    if name == "subscription_item":
        own["price"] = price()
    made = bare(name, id, **{**own, **values})
    if name == ENTITLEMENT_SUMMARY.object:
        del made["id"]  # its customer stands for it
    return made


def bare(name: str, id: str | None = None, /, **values: Any) -> Data:
    """Return an object of any kind with what is passed, and no more than each object has."""
    id = id or f"{ID_PREFIXES.get(name, name)}_1"
    own = {"id": id, "object": name, "created": NOW, "livemode": False, "metadata": {}}
    return {**own, **values}


def prefix(name: str) -> str:
    """Return what comes before the verb in the types of a kind's events."""
    found = [each.rpartition(".")[0] for each in event_types.known()
             if name in event_types.object_names(each)]  # fmt: skip
    return max(found, default=name)  # of those of a card, customer.source


def product(id: str = "prod_1", **values: Any) -> Data:
    return {
        "id": id,
        "object": "product",
        "active": True,
        "created": NOW,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "metadata": {},
        "name": "Gold",
        "type": "service",
        "updated": NOW,
        "url": None,
        **values,
    }


def price(id: str = "price_1", **values: Any) -> Data:
    return {
        "id": id,
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": NOW,
        "currency": "usd",
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": "prod_1",
        "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
        "type": "recurring",
        "unit_amount": 1050,
        "unit_amount_decimal": "1050",
        **values,
    }


def customer(id: str = "cus_1", **values: Any) -> Data:
    return {
        "id": id,
        "object": "customer",
        "balance": 0,
        "created": NOW,
        "currency": "usd",
        "default_source": None,
        "delinquent": False,
        "email": "ada@example.com",
        "invoice_settings": {"default_payment_method": None},
        "livemode": False,
        "metadata": {},
        "name": "Ada",
        "phone": None,
        **values,
    }


def card(id: str = "card_1", **values: Any) -> Data:
    return {
        "id": id,
        "object": "card",
        "brand": "Visa",
        "country": "US",
        "customer": "cus_1",
        "exp_month": 12,
        "exp_year": 2030,
        "fingerprint": "fp",
        "funding": "credit",
        "last4": "4242",
        "metadata": {},
        "name": None,
        **values,
    }


def payment_method(id: str = "pm_1", **values: Any) -> Data:
    return {
        "id": id,
        "object": "payment_method",
        "billing_details": {"email": "ada@example.com", "name": "Ada"},
        "card": {
            "brand": "visa",
            "country": "US",
            "exp_month": 12,
            "exp_year": 2030,
            "fingerprint": "fp",
            "funding": "credit",
            "last4": "4242",
        },
        "created": NOW,
        "customer": "cus_1",
        "livemode": False,
        "metadata": {},
        "type": "card",
        **values,
    }


def subscription(id: str = "sub_1", **values: Any) -> Data:
    item = {
        "id": "si_1",
        "object": "subscription_item",
        "current_period_end": NOW + 2_592_000,
        "current_period_start": NOW,
        "price": price(),
        "quantity": 1,
        "subscription": id,
    }
    return {
        "id": id,
        "object": "subscription",
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "collection_method": "charge_automatically",
        "created": NOW,
        "currency": "usd",
        "customer": "cus_1",
        "ended_at": None,
        "items": {"object": "list", "data": [item], "has_more": False},
        "latest_invoice": "in_1",
        "livemode": False,
        "metadata": {},
        "start_date": NOW,
        "status": "active",
        "trial_end": None,
        "trial_start": None,
        **values,
    }


def coupon(id: str = "SPRING", **values: Any) -> Data:
    return {
        "id": id,
        "object": "coupon",
        "amount_off": None,
        "created": NOW,
        "currency": None,
        "duration": "repeating",
        "duration_in_months": 3,
        "livemode": False,
        "max_redemptions": None,
        "metadata": {},
        "name": "Spring",
        "percent_off": 12.5,
        "redeem_by": None,
        "times_redeemed": 0,
        "valid": True,
        **values,
    }


#: The kinds with a function of their own.
BUILDERS: dict[str, Callable[..., Data]] = {
    each.__name__: each
    for each in (card, coupon, customer, payment_method, price, product, subscription)
}
