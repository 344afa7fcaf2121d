"""What one account of the fake Stripe holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from stripe_integrations.testing import objects

Data = dict[str, Any]

#: Resource -> how an object of it is built, and the prefix of the ids that Stripe gives.
BUILDERS: dict[str, tuple[Callable[..., Data], str]] = {
    "checkout/sessions": (partial(objects.bare, "checkout.session"), "cs"),
    "coupons": (objects.coupon, "coupon"),
    "customers": (objects.customer, "cus"),
    "invoices": (partial(objects.bare, "invoice"), "in"),
    "payment_intents": (partial(objects.bare, "payment_intent", client_secret="secret"), "pi"),
    "payment_methods": (objects.payment_method, "pm"),
    "plans": (partial(objects.bare, "plan"), "plan"),
    "prices": (objects.price, "price"),
    "products": (objects.product, "prod"),
    "subscriptions": (objects.subscription, "sub"),
    "topups": (partial(objects.bare, "topup"), "tu"),  # a kind without a model of its own
}


@dataclass
class AccountState:
    """What one account holds; each by id, oldest first."""

    objects: dict[str, dict[str, Data]] = field(
        default_factory=lambda: {name: {} for name in BUILDERS}
    )
    sources: dict[str, dict[str, Data]] = field(default_factory=dict)
    deleted: dict[str, Data] = field(default_factory=dict)
    events: dict[str, Data] = field(default_factory=dict)
    endpoints: dict[str, Data] = field(default_factory=dict)
    destinations: dict[str, Data] = field(default_factory=dict)
    v2_accounts: dict[str, Data] = field(default_factory=dict)
    thin_events: dict[str, Data] = field(default_factory=dict)
    #: A customer's active entitlements, by customer.
    entitlements: dict[str, dict[str, Data]] = field(default_factory=dict)
    #: What a checkout session sells, by session.
    checkout_lines: dict[str, list[Data]] = field(default_factory=dict)
    portals: dict[str, Data] = field(default_factory=dict)
    #: Objects of kinds that have no verbs here, by the resource of the API.
    others: dict[str, dict[str, Data]] = field(default_factory=dict)
