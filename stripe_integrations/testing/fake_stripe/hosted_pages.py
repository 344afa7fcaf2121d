"""The pages of the fake Stripe that a customer sees: checkout, and the billing portal.

They are for a walk through a project's pages without a Stripe account: one button pays, and no card
is asked for.
"""

from __future__ import annotations

from datetime import datetime, timezone
from html import escape
from typing import Any, NamedTuple

from stripe_integrations.money import to_decimal
from stripe_integrations.testing.fake_stripe import paying
from stripe_integrations.testing.fake_stripe.mutations import StripeMutations
from stripe_integrations.testing.fake_stripe.port import Refused

Data = dict[str, Any]

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 40rem; padding: 1rem }}
button {{ font: inherit; padding: .5rem 1rem }}
</style>
<title>{title}</title>
</head>
<body>
<main>
<h1>{title}</h1>
{content}
<p>This is a stand-in for Stripe: no money moves.</p>
</main>
</body>
</html>
"""
#: What the portal offers of a subscription, by the value of its button.
OFFERS = {
    "cancel_at_period_end": "Cancel at the end of the period",
    "cancel_now": "Cancel now",
    "resume": "Keep the subscription",
}


class HostedPage(NamedTuple):
    """What a browser is answered."""

    status: int
    html: str = ""
    location: str = ""


def respond_to_browser(fake: StripeMutations, method: str, path: str, form: Data) -> HostedPage:
    """Show a page, or do what its form asks for."""
    kind, _, id = path.strip("/").rpartition("/")
    for account, held in list(fake.accounts.items()):
        with fake.acting_for(account):
            try:
                if kind == "c/pay" and id in held.objects["checkout/sessions"]:
                    return _checkout(fake, method, id)
                if kind == "p/session" and id in held.portals:
                    return _portal(fake, method, path, held.portals[id], form)
            except Refused as error:
                return _page(400, "This is not possible", f"<p>{escape(str(error))}</p>")
    return _page(404, "There is no such page", "")


def _page(status: int, title: str, content: str) -> HostedPage:
    return HostedPage(status, PAGE.format(title=escape(title), content=content))


def _checkout(fake: StripeMutations, method: str, id: str) -> HostedPage:
    session = fake.objects["checkout/sessions"][id]
    if method == "POST":
        done = paying.complete(fake, id)
        return HostedPage(303, location=done["success_url"].replace("{CHECKOUT_SESSION_ID}", id))
    if session["status"] != "open":
        return _page(200, f"This session is {session['status']}", "")
    rows = "".join(
        f"<li>{_sold(fake, line['price'], line.get('quantity'))}</li>"
        for line in fake.current.checkout_lines[id]
    )
    back = session.get("cancel_url")
    content = f"<ul>{rows}</ul>" if rows else ""
    content += '<form method="post"><button>{}</button></form>'.format(
        {"payment": "Pay", "setup": "Save the card", "subscription": "Subscribe"}[session["mode"]]
    )
    if back:
        content += f'<p><a href="{escape(back)}">Back</a></p>'
    return _page(200, "Checkout", content)


def _portal(fake: StripeMutations, method: str, path: str, portal: Data, form: Data) -> HostedPage:
    subscriptions = {
        id: each
        for id, each in fake.objects["subscriptions"].items()
        if each["customer"] == portal["customer"] and each["status"] != "canceled"
    }
    if method == "POST":
        chosen = fake.found(subscriptions, str(form.get("subscription")), 400)
        if form.get("do") == "cancel_now":
            fake.cancel(chosen)
        else:
            ends = form.get("do") == "cancel_at_period_end"
            change = {"cancel_at_period_end": ends, **({} if ends else {"cancel_at": None})}
            fake.change("subscriptions", chosen["id"], change)
        return HostedPage(303, location=path)
    content = "".join(_subscription(fake, each) for each in subscriptions.values())
    content = content or "<p>You have none.</p>"
    if portal.get("return_url"):
        content += f'<p><a href="{escape(portal["return_url"])}">Back</a></p>'
    return _page(200, "Your subscriptions", content)


def _subscription(fake: StripeMutations, data: Data) -> str:
    rows = data["items"]["data"]
    sold = ", ".join(_sold(fake, row["price"]["id"], row["quantity"]) for row in rows)
    until = datetime.fromtimestamp(rows[0]["current_period_end"], timezone.utc)
    ends = data["cancel_at_period_end"]
    names = ("resume", "cancel_now") if ends else ("cancel_at_period_end", "cancel_now")
    buttons = "".join(
        f'<button name="do" value="{name}">{OFFERS[name]}</button> ' for name in names
    )
    return (
        f"<section><h2>{sold}</h2><p>{escape(data['status'])}, "
        f"{'ends' if ends else 'renews'} on {until:%Y-%m-%d}</p>"
        '<form method="post">'
        f'<input type="hidden" name="subscription" value="{escape(data["id"])}">'
        f"{buttons}</form></section>"
    )


def _sold(fake: StripeMutations, price: str, quantity: Any) -> str:
    """Return what a line sells, as in `2 × Gold, 10.50 USD a month`."""
    sold = fake.objects["prices"][price]
    product = fake.objects["products"].get(sold["product"], {"name": sold["product"]})
    amount = to_decimal(sold["unit_amount"], sold["currency"])
    times = f"{quantity} × " if quantity not in (None, 1, "1") else ""
    every = f" a {sold['recurring']['interval']}" if sold["recurring"] else ""
    return escape(f"{times}{product['name']}, {amount} {sold['currency'].upper()}{every}")
