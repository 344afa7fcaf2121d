"""The event types that Stripe knows, as the installed `stripe` package lists them."""

from __future__ import annotations

import difflib
import typing
from functools import cache

import stripe
from stripe.events import _event_classes

from stripe_integrations.thin_events import TWIN_PREFIX

#: What the types below a prefix are about, where that is not an object of this name.
OBJECTS = {
    "account.application": ("application",),
    "account.external_account": ("bank_account", "card"),
    "application_fee.refund": ("fee_refund",),
    "charge.dispute": ("dispute",),
    "charge.refund": ("refund",),
    "customer.bank_account": ("bank_account",),
    "customer.card": ("card",),
    "customer.discount": ("discount",),
    "customer.source": ("bank_account", "card", "source"),
    "customer.subscription": ("subscription",),
    "customer.tax_id": ("tax_id",),
    "sigma.scheduled_query_run": ("scheduled_query_run",),
    "source.transaction": ("source_transaction",),
}

#: The types of snapshot events that have no thin twin begin so.
NO_THIN = (
    "apps.install.",
    "customer.source.",
    "financial_connections.authorization.",
    "reporting.",
    "reserve.",
    "source.mandate_notification",
    "source.transaction.",
    "three_d_secure.",
    "treasury.",
)


@cache
def known() -> frozenset[str]:
    """Return every snapshot event type of the installed SDK; empty if it lists none."""
    annotation = stripe.Event.__annotations__.get("type")
    return frozenset(each for each in typing.get_args(annotation) if isinstance(each, str))


@cache
def known_thin() -> frozenset[str]:
    """Return every thin event type that the installed SDK knows, or of whose twin it does."""
    tables = [each for each in vars(_event_classes).values() if isinstance(each, dict)]
    listed = {key for table in tables for key in table if str(key).startswith(("v1.", "v2."))}
    with_twin = {each for each in known() if not each.startswith(NO_THIN)}
    return frozenset(listed | {f"{TWIN_PREFIX}{each}" for each in with_twin})


def object_names(kind: str) -> tuple[str, ...]:
    """Return the kinds of object that events of a type are about, as far as the type tells.

    Follows https://docs.stripe.com/api/events/types.
    """
    prefix = kind.removeprefix(TWIN_PREFIX).rpartition(".")[0].partition("[")[0]
    if prefix in OBJECTS:
        return OBJECTS[prefix]
    return (prefix.replace("issuing_", "issuing.", 1),)


def all_object_names() -> frozenset[str]:
    """Return the kinds of object that some known event type is about."""
    return frozenset(name for kind in known() for name in object_names(kind))


def is_known(name: str) -> bool:
    """Tell whether a registered name can ever match: a type, a prefix of some, or `*`."""
    types = known()
    return not types or any(matches(name, each) for each in types | known_thin())


def nearest(name: str) -> str | None:
    """Return the known type, or prefix of one, that a misspelt name most likely means."""
    candidates = set(known())
    for each in known():
        parts = each.split(".")
        candidates.update(".".join(parts[:length]) for length in range(1, len(parts)))
    found = difflib.get_close_matches(name, sorted(candidates), n=1, cutoff=0.6)
    return found[0] if found else None


def matches(name: str, kind: str) -> bool:
    """Tell whether a registered name means an event type: equal, above it, or `*`.

    The type of a thin event is also meant by the name of its twin, which has no `v1.`.
    """
    if name in ("*", kind):
        return True
    below = (f"{name}.", f"{name}[")  # v2.core.account[identity].updated is of an account
    twin = kind.removeprefix(TWIN_PREFIX)
    return name == twin or kind.startswith(below) or twin.startswith(below)
