"""A story as Stripe would tell it: events in the order in which they arrive.

Each step is posted; what it means for Stripe's own last state is kept beside it, by hand.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

#: The story's clock: Unix seconds.
START = 1_780_000_000
DAY = 24 * 3600

OK, REFUSED = 200, 400

_numbers = itertools.count(1)


@dataclass
class Step:
    """One request, and what it must be answered."""

    title: str
    event: dict[str, Any]
    status: int = OK
    forged: bool = False
    times: int = 1  # sent as often, at the same moment


def event(kind: str, data: dict[str, Any], minute: int) -> dict[str, Any]:
    """Return an event that happened so many minutes into the story."""
    return {
        "id": f"evt_demo{next(_numbers):04}",
        "object": "event",
        "api_version": "2026-10-28.endive",
        "created": START + 60 * minute,
        "data": {"object": data},
        "livemode": False,
        "pending_webhooks": 1,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }


def _object(kind: str, id: str, **values: Any) -> dict[str, Any]:  # noqa: A002
    common = {"created": START, "livemode": False, "metadata": {}}
    return {"id": id, "object": kind, **common, **values}


def product(**values: Any) -> dict[str, Any]:
    base = {"active": True, "name": "Gold", "statement_descriptor": "GOLD", "updated": START}
    return _object("product", values.pop("id", "prod_gold"), **{**base, **values})


def price(**values: Any) -> dict[str, Any]:
    base = {
        "active": True,
        "currency": "eur",
        "product": "prod_gold",
        "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
        "type": "recurring",
        "unit_amount": 1900,
        "unit_amount_decimal": "1900",
    }
    return _object("price", values.pop("id", "price_gold"), **{**base, **values})


def customer(**values: Any) -> dict[str, Any]:
    base = {"balance": 0, "currency": "eur", "email": "ada@example.com", "name": "Ada"}
    return _object("customer", values.pop("id", "cus_ada"), **{**base, **values})


def card(**values: Any) -> dict[str, Any]:
    base = {
        "brand": "Visa",
        "customer": "cus_ada",
        "exp_month": 4,
        "exp_year": 2028,
        "last4": "4242",
        "metadata": {},
    }
    return {"id": values.pop("id", "card_visa"), "object": "card", **base, **values}


def subscription(**values: Any) -> dict[str, Any]:
    item = {
        "id": "si_gold",
        "object": "subscription_item",
        "current_period_end": START + 30 * DAY,
        "current_period_start": START,
        "price": price(),
        "quantity": values.pop("quantity", 1),
    }
    base = {
        "cancel_at_period_end": False,
        "currency": "eur",
        "customer": "cus_ada",
        "items": {"object": "list", "data": [item], "has_more": False},
        "start_date": START,
        "status": "trialing",
    }
    return _object("subscription", values.pop("id", "sub_ada"), **{**base, **values})


def coupon(**values: Any) -> dict[str, Any]:
    base = {"duration": "once", "name": "Spring", "percent_off": 12.5, "times_redeemed": 0}
    return _object("coupon", values.pop("id", "SPRING"), **{**base, **values})


def story() -> list[Step]:
    """Return the steps, first to last."""
    gold = event("product.created", product(), 2)
    return [
        Step("a price before its product", event("price.created", price(), 1)),
        Step("the product", gold),
        Step("the same event again", gold),
        Step(
            "a subscription before its customer",
            event("customer.subscription.created", subscription(), 10),
        ),
        Step("the customer", event("customer.created", customer(), 9), times=4),
        Step("a card", event("customer.source.created", card(), 11)),
        Step("a coupon", event("coupon.created", coupon(), 12)),
        Step("the coupon is used", event("coupon.updated", coupon(times_redeemed=1), 20)),
        Step("the product's new name", event("product.updated", product(name="Gold Plus"), 22)),
        Step("a late, older update", event("product.updated", product(name="Gold Minus"), 21)),
        Step("a forged deletion", event("product.deleted", product(), 90), REFUSED, forged=True),
        Step(
            "an event type of tomorrow",
            event("spaceship.launched", {"id": "ship_1", "object": "spaceship"}, 23),
        ),
        Step("a second product", event("product.created", product(id="prod_tin", name="Tin"), 24)),
        Step(
            "its price",
            event(
                "price.created",
                price(
                    id="price_tin", product="prod_tin", unit_amount=500, unit_amount_decimal="500"
                ),
                25,
            ),
        ),
        Step(
            "its price rises",
            event(
                "price.updated",
                price(
                    id="price_tin", product="prod_tin", unit_amount=700, unit_amount_decimal="700"
                ),
                26,
            ),
        ),
        Step(
            "its price is gone",
            event(
                "price.deleted",
                price(
                    id="price_tin", product="prod_tin", unit_amount=700, unit_amount_decimal="700"
                ),
                28,
            ),
        ),
        Step(
            "an update from before that",
            event(
                "price.updated",
                price(
                    id="price_tin", product="prod_tin", unit_amount=600, unit_amount_decimal="600"
                ),
                27,
            ),
        ),
        Step(
            "the second product is gone",
            event("product.deleted", product(id="prod_tin", name="Tin"), 29),
        ),
        Step(
            "the trial ends soon", event("customer.subscription.trial_will_end", subscription(), 30)
        ),
        Step(
            "the subscription is paid",
            event("customer.subscription.updated", subscription(status="active", quantity=3), 40),
        ),
        Step(
            "the customer's new address",
            event("customer.updated", customer(email="ada@lovelace.example"), 41),
            times=4,
        ),
        Step(
            "a second card",
            event(
                "customer.source.created",
                card(id="card_amex", brand="American Express", last4="0005"),
                42,
            ),
        ),
        Step(
            "the first card's new date", event("customer.source.updated", card(exp_year=2031), 43)
        ),
        Step(
            "the second card is gone",
            event(
                "customer.source.deleted",
                card(id="card_amex", brand="American Express", last4="0005"),
                44,
            ),
        ),
        Step(
            "another customer",
            event(
                "customer.created", customer(id="cus_bob", email="bob@example.com", name="Bob"), 50
            ),
        ),
        Step(
            "another subscription",
            event(
                "customer.subscription.created", subscription(id="sub_bob", customer="cus_bob"), 51
            ),
        ),
        Step(
            "which is canceled",
            event(
                "customer.subscription.deleted",
                subscription(id="sub_bob", customer="cus_bob", status="canceled"),
                52,
            ),
        ),
        Step(
            "that customer is gone",
            event(
                "customer.deleted", customer(id="cus_bob", email="bob@example.com", name="Bob"), 53
            ),
        ),
        Step("the coupon is gone", event("coupon.deleted", coupon(times_redeemed=1), 60)),
        Step(
            "and is made anew", event("coupon.created", coupon(percent_off=20, name="Spring 2"), 61)
        ),
    ]


#: Table -> id -> column -> what Stripe has in the end; `deleted` tells whether it is gone.
LAST_STATE: dict[str, dict[str, dict[str, Any]]] = {
    "billing_product": {
        "prod_gold": {"name": "Gold Plus", "statement_descriptor": "GOLD", "deleted": False},
        "prod_tin": {"name": "Tin", "statement_descriptor": "GOLD", "deleted": True},
    },
    "stripe_integrations_price": {
        "price_gold": {"unit_amount": 1900, "product_id": "prod_gold", "deleted": False},
        "price_tin": {"unit_amount": 700, "product_id": "prod_tin", "deleted": True},
    },
    "stripe_integrations_customer": {
        "cus_ada": {"email": "ada@lovelace.example", "deleted": False},
        "cus_bob": {"email": "bob@example.com", "deleted": True},
    },
    "stripe_integrations_card": {
        "card_visa": {"exp_year": 2031, "customer_id": "cus_ada", "deleted": False},
        "card_amex": {"exp_year": 2028, "customer_id": "cus_ada", "deleted": True},
    },
    "stripe_integrations_subscription": {
        "sub_ada": {"status": "active", "quantity": 3, "price_id": "price_gold", "deleted": False},
        "sub_bob": {
            "status": "canceled",
            "quantity": 1,
            "price_id": "price_gold",
            "deleted": False,
        },
    },
    "stripe_integrations_coupon": {
        "SPRING": {"name": "Spring 2", "percent_off": 20, "deleted": False},
    },
}
