"""What commands call a kind: `product` as its objects do, or `products` as Stripe's API does."""

from __future__ import annotations

from stripe_integrations import kinds

#: The kinds that Stripe's API lists, by the names of the lists.
LISTS = {
    kind.resource.replace("/", "_") if not kind.is_listed_by_customer else f"{name}s": kind
    for name, kind in kinds.MIRRORED.items()
    if kind.is_listed
}


def object_name(text: str) -> str:
    """Return what the objects of a list are called; anything else as it is."""
    return LISTS[text].object if text in LISTS else text
