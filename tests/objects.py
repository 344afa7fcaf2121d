"""Stripe objects and events for the tests, in today's shape."""

import itertools
import json
import time

_ids = itertools.count(1)

NOW = int(time.time())


def event(kind, data, *, created=NOW, id=None, livemode=False, previous=None, **extra):
    """Return an event's envelope around an object."""
    message = {
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


def body(message):
    return json.dumps(message).encode()


def product(id="prod_1", **values):
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


def price(id="price_1", **values):
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


def customer(id="cus_1", **values):
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


def card(id="card_1", **values):
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


def subscription(id="sub_1", **values):
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


def coupon(id="SPRING", **values):
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
