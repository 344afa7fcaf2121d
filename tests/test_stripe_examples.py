"""Stripe's own example objects, of four API versions: each is taken, and mirrored as it is.

The files are not part of this project; the test runs where they lie beside it, and always in CI.
"""

import json
import os
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path

import pytest

from stripe_integrations import actions, conf, kinds
from stripe_integrations.testing import objects

FOLDER = Path(__file__).parents[2] / "shared" / "stripe_fixtures"
FILES = sorted(FOLDER.glob("fixtures3*.json"))

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        not FILES and "CI" not in os.environ, reason="Stripe's example objects are not here"
    ),
]

MODELS = {kind.object: kind.model for kind in kinds.MIRRORED.values()}


def time(value):
    return value and datetime.fromtimestamp(value, tz=timezone.utc)


def number(value):
    return None if value is None else Decimal(str(value))


def id_of(value):
    return value["id"] if isinstance(value, dict) else value


def item(data):
    return (data.get("items") or {"data": [{}]})["data"][0]


#: What a row must hold, said by hand and not by the mapping under test.
EXPECTED = {
    "bank_account": lambda o: {
        "bank_name": o["bank_name"],
        "country": o["country"],
        "customer_id": id_of(o.get("customer")) or None,
        "last4": o["last4"],
        "status": o["status"],
    },
    "card": lambda o: {
        "brand": o["brand"],
        "customer_id": id_of(o.get("customer")) or None,
        "exp_month": o["exp_month"],
        "exp_year": o["exp_year"],
        "funding": o["funding"],
        "last4": o["last4"],
        "metadata": o.get("metadata"),
    },
    "coupon": lambda o: {
        "amount_off": o["amount_off"],
        "created": time(o["created"]),
        "currency": o["currency"],
        "duration": o["duration"],
        "livemode": o["livemode"],
        "percent_off": number(o["percent_off"]),
        "times_redeemed": o["times_redeemed"],
        "valid": o["valid"],
    },
    "customer": lambda o: {
        "balance": o["balance"],
        "created": time(o["created"]),
        "default_source": id_of(o["default_source"]),
        "delinquent": o["delinquent"],
        "email": o["email"],
        "livemode": o["livemode"],
        "metadata": o["metadata"],
        "name": o["name"],
    },
    "price": lambda o: {
        "active": o["active"],
        "created": time(o["created"]),
        "currency": o["currency"],
        "product_id": id_of(o["product"]),
        "recurring_interval": o["recurring"] and o["recurring"]["interval"],
        "type": o["type"],
        "unit_amount": o["unit_amount"],
        "unit_amount_decimal": number(o["unit_amount_decimal"]),
    },
    "product": lambda o: {
        "active": o["active"],
        "created": time(o["created"]),
        "default_price_id": id_of(o.get("default_price")),
        "description": o["description"],
        "images": o["images"],
        "name": o["name"],
        "updated": time(o["updated"]),
    },
    "source": lambda o: {
        "amount": o["amount"],
        "currency": o["currency"],
        "status": o["status"],
        "type": o["type"],
        "usage": o["usage"],
    },
    "subscription": lambda o: {
        "cancel_at_period_end": o["cancel_at_period_end"],
        "created": time(o["created"]),
        "current_period_end": time(
            o["current_period_end"] if "current_period_end" in o else item(o)["current_period_end"]
        ),
        "customer_id": id_of(o["customer"]),
        "latest_invoice_id": id_of(o["latest_invoice"]),
        "price_id": id_of(item(o)["price"]),
        "quantity": item(o).get("quantity", o.get("quantity")),
        "start_date": time(o["start_date"]),
        "status": o["status"],
    },
}


def examples(file):
    return json.loads(file.read_text())["resources"]


def test_the_examples_are_here():
    assert sum(len(examples(file)) for file in FILES) >= 600


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_each_example_is_mirrored(poster, file):
    mirrored = set()
    for name, data in examples(file).items():
        kind = data.get("object", name)
        verb = "deleted" if data.get("deleted") else "updated"
        message = objects.event(f"{objects.prefix(kind)}.{verb}", data)
        assert poster.event(message) == 200, name
        event = conf.model("Event").objects.get(pk=message["id"])
        assert event.message == message, name
        assert event.status == "processed", name
        row = actions.find(kind, data.get("id"))
        if not data.get("id"):
            assert row is None, name
            continue
        mirrored.add(kind)
        if data.get("deleted"):
            assert row.is_deleted, name
        else:
            expected = EXPECTED[kind](data) if kind in EXPECTED else {}
            assert {column: getattr(row, column) for column in expected} == expected, name
            secret = conf.withheld(kinds.of(kind))
            assert row.stripe_data == {key: data[key] for key in data if key not in secret}, name
        row.delete()  # the examples of different names share ids
    # Each kind with a model, and many without.
    assert mirrored >= set(MODELS) & set(examples(file))
    assert len(mirrored) >= 90
