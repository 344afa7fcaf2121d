"""The URL of an endpoint: its uuid, and whether Stripe can reach it. Pure functions."""

from __future__ import annotations

import ipaddress
import uuid
from urllib.parse import urlsplit

from stripe_integrations.local_users import described


def uuid_in(url: str) -> uuid.UUID | None:
    """Return the uuid at the end of a URL, None if there is none."""
    return parsed_uuid(url.partition("?")[0].rstrip("/").rpartition("/")[2])


def parsed_uuid(text: str) -> uuid.UUID | None:
    """Return the uuid that a text is, None if it is none."""
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def base_url(text: str) -> str:
    """Return a URL that the webhook's path can follow. Raises ValueError, which says what to do."""
    if "?" in text or "#" in text:
        raise ValueError("The webhook's path follows it: leave out what ? or # begins.")
    url = text.rstrip("/")
    refuse_private(url)
    if not url.isascii() or not url.isprintable() or " " in url or "@" in url:
        raise ValueError(
            "Give the public address alone, in ASCII: without blanks, a user name or a password."
        )
    return url


def refuse_private(url: str) -> None:
    """Raise ValueError, which says what to do, for a URL that Stripe cannot or will not reach.

    Raises TypeError for what is no text.
    """
    if not isinstance(url, str):
        raise TypeError(f"Pass the public address as text, https://…, not {described(url)}.")
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError as error:
        raise ValueError(f"{url!r} is no URL: give the public address, https://….") from error
    if host and _is_private(host):
        raise ValueError(
            f"Stripe cannot reach {host}: give the project's public address. For events on your "
            "own machine run `stripe listen --forward-to localhost:8000/stripe/webhook`, and set "
            "WEBHOOK_SECRET to the secret that it prints."
        )
    if parts.scheme != "https" or not host:
        raise ValueError(
            f"{url!r} does not begin with https://, which Stripe insists on: give the public "
            "address, https://…, under which the web server answers."
        )


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return "." not in host.strip(".") or host.endswith((".localhost", ".local", ".internal"))
