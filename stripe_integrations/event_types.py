"""The event types that Stripe knows, as the installed `stripe` package lists them."""

from __future__ import annotations

import difflib
import typing

import stripe

from stripe_integrations.registry import matches


def known() -> frozenset[str]:
    """Return every snapshot event type of the installed SDK; empty if it lists none."""
    annotation = stripe.Event.__annotations__.get("type")
    return frozenset(each for each in typing.get_args(annotation) if isinstance(each, str))


def is_known(name: str) -> bool:
    """Tell whether a registered name can ever match: a type, a prefix of some, or `*`."""
    types = known()
    return not types or any(matches(name, each) for each in types)


def nearest(name: str) -> str | None:
    """Return the known type, or prefix of one, that a misspelt name most likely means."""
    candidates = set(known())
    for each in known():
        parts = each.split(".")
        candidates.update(".".join(parts[:length]) for length in range(1, len(parts)))
    found = difflib.get_close_matches(name, sorted(candidates), n=1, cutoff=0.6)
    return found[0] if found else None
