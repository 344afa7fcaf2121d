"""The stored details of a request: its address, and a few headers, each cut to a length."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http.request import HttpHeaders

from stripe_integrations.inbox import signatures
from stripe_integrations.remote_address import remote_address

if TYPE_CHECKING:
    from stripe_integrations.models import WebhookEventTrigger

#: Header -> characters (ASCII, so bytes) that are stored of it. Other headers, such as credentials
#: of a client or a proxy, are never stored.
KEPT = {
    "Content-Encoding": 50,
    "Content-Length": 20,
    "Content-Type": 100,
    "Host": 200,
    signatures.HEADER: 500,  # some 70 for each secret, by which the request can be verified again
    "Transfer-Encoding": 50,
    "User-Agent": 200,
    "Via": 100,
    "X-Forwarded-For": 200,
    "X-Forwarded-Proto": 20,
    "X-Request-Id": 100,
}
#: Where WSGI has them: `request.headers` would be built for these few.
META_KEYS = {name: HttpHeaders.to_wsgi_name(name) for name in KEPT}


def fill_in(trigger: WebhookEventTrigger) -> None:
    """Fill in the details of a trigger from the request that it was built from, if it was."""
    request = trigger.request
    if request is not None and not trigger.headers:
        fill_in_address(trigger)
        found = ((name, request.META.get(key)) for name, key in META_KEYS.items())
        trigger.headers = {name: _plain(value[: KEPT[name]]) for name, value in found if value}


def fill_in_address(trigger: WebhookEventTrigger) -> None:
    """Fill in the address alone."""
    if trigger.request is not None:
        trigger.remote_ip = remote_address(trigger.request)


def _plain(value: str) -> str:
    if value.isascii() and value.isprintable():
        return value
    return "".join(each if each.isascii() and each.isprintable() else "?" for each in value)
