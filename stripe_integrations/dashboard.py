"""Where Stripe's dashboard shows an object."""

from __future__ import annotations

from urllib.parse import quote

from stripe_integrations.kinds import MIRRORED, WEBHOOK_ENDPOINT

BASE = "https://dashboard.stripe.com"

#: The value of `object` -> the segments of the dashboard's path.
PAGES = {
    **{kind.object: kind.page for kind in (*MIRRORED.values(), WEBHOOK_ENDPOINT)},
    "event": "events",
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
    owner = quote(account, safe="") if account else None
    parts = [BASE, owner, "test" if livemode is False else None, page, quote(id, safe="")]
    return "/".join(part for part in parts if part)
