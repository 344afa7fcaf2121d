"""Where Stripe's dashboard shows an object."""

from __future__ import annotations

from urllib.parse import quote

BASE = "https://dashboard.stripe.com"

#: The value of `object` -> the dashboard's name for such objects.
PAGES = {
    "coupon": "coupons",
    "customer": "customers",
    "event": "events",
    "price": "prices",
    "product": "products",
    "subscription": "subscriptions",
    "webhook_endpoint": "webhooks",
}


def dashboard_url(
    object_name: str,
    id: str,  # noqa: A002 - Stripe's name
    *,
    account: str | None,
    livemode: bool | None,
) -> str | None:
    """Return the address of an object's page, None where the dashboard has none of its own."""
    page = PAGES.get(object_name)
    if page is None:
        return None
    parts = [account, "test" if livemode is False else None, page, id]
    return "/".join([BASE, *(quote(part, safe="") for part in parts if part)])
