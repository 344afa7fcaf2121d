"""The address of a client, as far as the proxies on the way are trusted."""

from __future__ import annotations

import ipaddress
from typing import Any

from stripe_integrations import conf

#: In `TRUSTED_PROXIES`: a proxy that connects through a Unix socket, which has no address.
UNIX = "unix"

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def remote_address(request: Any) -> str | None:
    """Return the address of the last hop that is none of `TRUSTED_PROXIES`, None if unknown.

    Each proxy adds at the right of X-Forwarded-For who called it, so it is read from there: what
    a client writes into it stays to the left of its own address and is not reached.
    """
    given = conf.get("TRUSTED_PROXIES")
    trusted = [found for found in map(network, given) if found is not None]
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    peer = request.META.get("REMOTE_ADDR", "")
    if peer == "" and UNIX in given:
        peer = hops.pop()
    address = parsed(peer)
    while address is not None and hops and any(address in network for network in trusted):
        before = parsed(hops.pop())
        if before is None:
            break
        address = before
    return None if address is None else str(address)


def network(given: Any) -> Network | None:
    """Return an address or a network as such, None for what is neither."""
    try:
        return ipaddress.ip_network(given, strict=False)
    except ValueError:
        return None


def parsed(text: str) -> Address | None:
    """Return the address in `1.2.3.4`, `1.2.3.4:56`, `2001:db8::1` or `[2001:db8::1]:56`."""
    host = text.strip()
    if host.startswith("["):
        host = host[1:].partition("]")[0]
    elif host.count(":") == 1:
        host = host.partition(":")[0]
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
