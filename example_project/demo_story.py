"""A story as Stripe would tell it: events in the order in which they arrive.

Each step is posted; what it means for Stripe's own last state is kept beside it, by hand.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from typing import Any

from stripe_integrations.testing import objects

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


def at(minute: int) -> str:
    """Return a moment of the story as SQLite holds it."""
    return f"{datetime.fromtimestamp(START + 60 * minute, timezone.utc):%Y-%m-%d %H:%M:%S}"


def event(kind: str, data: dict[str, Any], minute: int, **previous: Any) -> dict[str, Any]:
    """Return an event that happened so many minutes into the story.

    `previous` is what an update has replaced.
    """
    id_ = f"evt_demo{next(_numbers):04}"
    return objects.event(kind, data, id=id_, created=START + 60 * minute, previous=previous or None)


# -- Stripe's objects, with what they have in the story unless a step says otherwise


def product(id: str = "prod_gold", **values: Any) -> dict[str, Any]:  # noqa: A002
    own = {"created": START, "statement_descriptor": "GOLD", "updated": START}
    return objects.product(id, **{**own, **values})


def price(
    id: str = "price_gold",  # noqa: A002
    unit_amount: int = 1900,
    **values: Any,
) -> dict[str, Any]:
    own = {
        "created": START,
        "currency": "eur",
        "product": "prod_gold",
        "unit_amount": unit_amount,
        "unit_amount_decimal": str(unit_amount),
    }
    return objects.price(id, **{**own, **values})


def customer(id: str = "cus_ada", **values: Any) -> dict[str, Any]:  # noqa: A002
    return objects.customer(id, **{"created": START, "currency": "eur", **values})


def card(id: str = "card_visa", **values: Any) -> dict[str, Any]:  # noqa: A002
    return objects.card(id, **{"customer": "cus_ada", "exp_year": 2028, **values})


def subscription(
    id: str = "sub_ada",  # noqa: A002
    quantity: int = 1,
    period: int = 0,
    **values: Any,
) -> dict[str, Any]:
    """Return a subscription in its period of that number; a period is 30 days."""
    item = objects.build(
        "subscription_item",
        f"si_{id}",
        created=START,
        current_period_end=START + (period + 1) * 30 * DAY,
        current_period_start=START + period * 30 * DAY,
        price=price(),
        quantity=quantity,
        subscription=id,
    )
    own = {
        "created": START,
        "currency": "eur",
        "customer": "cus_ada",
        "items": {"object": "list", "data": [item], "has_more": False},
        "start_date": START,
        "status": "trialing",
        "trial_end": START + 30 * DAY,
        "trial_start": START,
    }
    return objects.subscription(id, **{**own, **values})


def coupon(id: str = "SPRING", **values: Any) -> dict[str, Any]:  # noqa: A002
    own = {"created": START, "duration": "once", "duration_in_months": None}
    return objects.coupon(id, **{**own, **values})


# -- what happens


def story() -> list[Step]:
    """Return the steps, first to last."""
    gold = event("product.created", product(), 2)
    tin = partial(product, "prod_tin", name="Tin", statement_descriptor=None)
    tin_price = partial(price, "price_tin", product="prod_tin")
    amex = card("card_amex", brand="American Express", last4="0005")
    bob = customer("cus_bob", email="bob@example.com", name="Bob")
    bobs = partial(subscription, "sub_bob", customer="cus_bob")
    ship = {"id": "ship_1", "object": "spaceship"}
    paid = subscription(status="active", quantity=3, period=1)
    ended = {"canceled_at": START + 60 * 52, "ended_at": START + 60 * 52}
    told = "customer.subscription.trial_will_end"
    autumn = coupon("AUTUMN", name="Autumn", percent_off=None, amount_off=500, currency="eur")
    cy = customer("cus_cy", email="cy@example.com", name="Cy", balance=-250)
    cys = partial(subscription, "sub_cy", customer="cus_cy", quantity=2)
    return [
        Step("a price before its product", event("price.created", price(), 1)),
        Step("the product", gold),
        Step("the same event again", gold),
        Step("before its customer", event("customer.subscription.created", subscription(), 10)),
        Step("the customer", event("customer.created", customer(), 9), times=4),
        Step("a card", event("customer.source.created", card(), 11)),
        Step("a coupon", event("coupon.created", coupon(), 12)),
        Step("another", event("coupon.created", autumn, 13)),
        Step("it is used", event("coupon.updated", {**autumn, "times_redeemed": 1}, 20)),
        Step(
            "the product's new name",
            event("product.updated", product(name="Gold Plus"), 22, name="Gold"),
        ),
        Step(
            "a late, older update",
            event("product.updated", product(name="Gold Minus"), 21, name="Gold"),
        ),
        Step("a forged deletion", event("product.deleted", product(), 90), REFUSED, forged=True),
        Step("an event type of tomorrow", event("spaceship.launched", ship, 23)),
        Step("a second product", event("product.created", tin(), 24)),
        Step("its price", event("price.created", tin_price(unit_amount=500), 25)),
        Step(
            "its price rises",
            event("price.updated", tin_price(unit_amount=700), 26, unit_amount=500),
        ),
        Step("its price is gone", event("price.deleted", tin_price(unit_amount=700), 28)),
        Step(
            "an update from before that",
            event("price.updated", tin_price(unit_amount=600), 27, unit_amount=500),
        ),
        Step("the second product is gone", event("product.deleted", tin(), 29)),
        Step("the trial ends soon", event(told, subscription(), 30), times=3),
        Step(
            "the subscription is paid",
            event("customer.subscription.updated", paid, 40, status="trialing"),
        ),
        Step(
            "the customer's new address",
            event(
                "customer.updated",
                customer(email="ada@lovelace.example"),
                41,
                email="ada@example.com",
            ),
            times=4,
        ),
        Step("a second card", event("customer.source.created", amex, 42)),
        Step(
            "the first card's new date",
            event("customer.source.updated", card(exp_year=2031), 43, exp_year=2028),
        ),
        Step("the second card is gone", event("customer.source.deleted", amex, 44)),
        Step(
            "the price has a nickname",
            event("price.updated", price(nickname="monthly"), 45, nickname=None),
        ),
        Step("another customer", event("customer.created", bob, 50)),
        Step("another subscription", event("customer.subscription.created", bobs(), 51)),
        Step(
            "which is canceled",
            event("customer.subscription.deleted", bobs(status="canceled", **ended), 52),
        ),
        Step("that customer is gone", event("customer.deleted", bob, 53)),
        Step("the coupon is gone", event("coupon.deleted", coupon(), 60)),
        Step("and is made anew", event("coupon.created", coupon(percent_off=20), 61)),
        Step("one more coupon", event("coupon.created", coupon("WINTER"), 62)),
        Step("which is gone", event("coupon.deleted", coupon("WINTER"), 63)),
        Step("one more product", event("product.created", product("prod_oak", name="Oak"), 64)),
        Step(
            "which costs",
            event("price.created", price("price_oak", unit_amount=9900, product="prod_oak"), 64),
        ),
        Step("a third customer", event("customer.created", cy, 65)),
        Step("who subscribes", event("customer.subscription.created", cys(), 66)),
        Step(
            "with a card", event("customer.source.created", card("card_cy", customer="cus_cy"), 67)
        ),
    ]


#: Table -> id -> column -> what Stripe has in the end.
LAST_STATE: dict[str, dict[str, dict[str, Any]]] = {
    "billing_product": {
        "prod_gold": {"name": "Gold Plus", "statement_descriptor": "GOLD", "deleted_at": None},
        "prod_tin": {"name": "Tin", "statement_descriptor": None, "deleted_at": at(29)},
        "prod_oak": {"name": "Oak", "statement_descriptor": "GOLD", "deleted_at": None},
    },
    "stripe_integrations_price": {
        "price_gold": {
            "product_id": "prod_gold",
            "unit_amount": 1900,
            "currency": "eur",
            "recurring_interval": "month",
            "nickname": "monthly",
            "deleted_at": None,
        },
        "price_oak": {"product_id": "prod_oak", "unit_amount": 9900, "deleted_at": None},
        "price_tin": {"product_id": "prod_tin", "unit_amount": 700, "deleted_at": at(28)},
    },
    "stripe_integrations_customer": {
        "cus_ada": {"email": "ada@lovelace.example", "name": "Ada", "deleted_at": None},
        "cus_bob": {"email": "bob@example.com", "name": "Bob", "deleted_at": at(53)},
        "cus_cy": {"email": "cy@example.com", "balance": -250, "deleted_at": None},
    },
    "stripe_integrations_card": {
        "card_visa": {"customer_id": "cus_ada", "exp_year": 2031, "deleted_at": None},
        "card_amex": {"customer_id": "cus_ada", "last4": "0005", "deleted_at": at(44)},
        "card_cy": {"customer_id": "cus_cy", "brand": "Visa", "deleted_at": None},
    },
    "stripe_integrations_subscription": {
        "sub_ada": {
            "customer_id": "cus_ada",
            "status": "active",
            "quantity": 3,
            "price_id": "price_gold",
            "current_period_start": at(30 * DAY // 60),
            "current_period_end": at(60 * DAY // 60),
            "deleted_at": None,
        },
        # A canceled subscription is still there.
        "sub_bob": {"status": "canceled", "canceled_at": at(52), "deleted_at": None},
        "sub_cy": {"customer_id": "cus_cy", "quantity": 2, "status": "trialing"},
    },
    "stripe_integrations_coupon": {
        "SPRING": {"percent_off": 20, "name": "Spring", "deleted_at": None},
        "AUTUMN": {"amount_off": 500, "times_redeemed": 1, "deleted_at": None},
        "WINTER": {"percent_off": 12.5, "deleted_at": at(63)},
    },
}
