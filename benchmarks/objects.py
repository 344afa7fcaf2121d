"""Stripe objects of five kinds that belong together, in the shape of API version 2026-05-27."""

from __future__ import annotations

import random
from typing import Any

API_VERSION = "2026-05-27.dahlia"
CREATED = 1_750_000_000
MONTH = 30 * 24 * 3600

VOCABULARY = (
    "account address annual billing branch campaign channel contact contract country delivery "
    "discount employee engine export feature gallery holiday imported invoice journal kitchen "
    "language licence library machine manager marketing meeting monthly network newsletter number "
    "office order package partner payment picture platform project purchase quarter question "
    "reference region renewal report request reseller sample season service shipping station "
    "student summer support teacher template ticket trial upgrade vendor volume warehouse website"
)

Object = dict[str, Any]


def group(prefix: str, number: int) -> list[Object]:
    """Return a customer, a product, a price, a coupon and a subscription that refer to each other.

    Each prefix and number give other ids, and the same ones on every call.
    """
    name = f"{prefix}x{number:06d}"
    texts = random.Random(name)
    price = _price(name, texts)
    return [
        _customer(name, texts),
        _product(name, texts),
        price,
        _coupon(name, texts),
        _subscription(name, texts, price),
    ]


def _metadata(texts: random.Random, values: int) -> Object:
    """Return metadata that bring an event to a usual size.

    Their words compress, as what Stripe sends does, but somewhat less.
    """
    words = VOCABULARY.split()
    notes = {f"note_{number}": " ".join(texts.choices(words, k=30)) for number in range(values)}
    return {"revision": "1", **notes}


def _customer(name: str, texts: random.Random) -> Object:
    return {
        "id": f"cus_{name}",
        "object": "customer",
        "address": {
            "city": "Berlin",
            "country": "DE",
            "line1": "Invalidenstraße 116",
            "line2": None,
            "postal_code": "10115",
            "state": None,
        },
        "balance": 0,
        "created": CREATED,
        "currency": "eur",
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": f"{name}@example.com",
        "invoice_prefix": "7FE1103",
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
        "livemode": False,
        "metadata": _metadata(texts, 2),
        "name": "Ada Lovelace",
        "next_invoice_sequence": 1,
        "phone": "+49301234567",
        "preferred_locales": ["de"],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def _product(name: str, texts: random.Random) -> Object:
    return {
        "id": f"prod_{name}",
        "object": "product",
        "active": True,
        "created": CREATED,
        "default_price": None,
        "description": "Every feature, for teams of up to twenty people.",
        "images": [],
        "livemode": False,
        "marketing_features": [{"name": "Reports"}, {"name": "Support by telephone"}],
        "metadata": _metadata(texts, 4),
        "name": "Gold",
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "type": "service",
        "unit_label": None,
        "updated": CREATED,
        "url": None,
    }


def _price(name: str, texts: random.Random) -> Object:
    return {
        "id": f"price_{name}",
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": CREATED,
        "currency": "eur",
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": _metadata(texts, 4),
        "nickname": None,
        "product": f"prod_{name}",
        "recurring": {
            "interval": "month",
            "interval_count": 1,
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        },
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring",
        "unit_amount": 2000,
        "unit_amount_decimal": "2000",
    }


def _coupon(name: str, texts: random.Random) -> Object:
    return {
        "id": f"coupon_{name}",
        "object": "coupon",
        "amount_off": None,
        "created": CREATED,
        "currency": None,
        "duration": "repeating",
        "duration_in_months": 3,
        "livemode": False,
        "max_redemptions": None,
        "metadata": _metadata(texts, 5),
        "name": "A quarter off",
        "percent_off": 25.5,
        "redeem_by": None,
        "times_redeemed": 0,
        "valid": True,
    }


def _subscription(name: str, texts: random.Random, price: Object) -> Object:
    item = {
        "id": f"si_{name}",
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": CREATED,
        "current_period_end": CREATED + MONTH,
        "current_period_start": CREATED,
        "discounts": [],
        "metadata": {},
        "price": {**price, "metadata": {}},
        "quantity": 1,
        "subscription": f"sub_{name}",
        "tax_rates": [],
    }
    return {
        "id": f"sub_{name}",
        "object": "subscription",
        "application": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": CREATED,
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "collection_method": "charge_automatically",
        "created": CREATED,
        "currency": "eur",
        "customer": f"cus_{name}",
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "discounts": [],
        "ended_at": None,
        "items": {
            "object": "list",
            "data": [item],
            "has_more": False,
            "url": f"/v1/subscription_items?subscription=sub_{name}",
        },
        "latest_invoice": None,
        "livemode": False,
        "metadata": _metadata(texts, 1),
        "pending_setup_intent": None,
        "schedule": None,
        "start_date": CREATED,
        "status": "active",
        "trial_end": None,
        "trial_start": None,
    }
