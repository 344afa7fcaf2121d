"""The events that endpoints subscribe to: of mirrored objects, and those that classes name."""

from __future__ import annotations

from stripe_integrations import conf, event_types
from stripe_integrations.dispatch import registry


def wants(kind: str) -> bool:
    """Tell whether some class has to do with an event of this type."""
    return any(
        any(map(conf.is_mirrored, event_types.object_names(kind)))
        if registry.mirrors_only(webhook)
        else True
        for webhook in registry.matching(kind)
    )


def wants_all() -> bool:
    """Tell whether every event is wanted, also of types that Stripe has yet to invent."""
    mirrors = [each for each in registry.registered() if registry.mirrors_only(each)]
    mirrors_all = any("*" in registry.names(each) for each in mirrors) and conf.mirrors_everything()
    return mirrors_all or "*" in acting_names() or not event_types.known()


def enabled_events() -> list[str]:
    """Return the types of snapshot events to subscribe to, as Stripe wants them.

    All, unless `MIRROR` leaves kinds out: then those of mirrored objects, and those that the
    registered webhook classes name.
    """
    return ["*"] if wants_all() else sorted(filter(wants, event_types.known()))


def enabled_thin_events() -> list[str]:
    """Return the types of thin events to subscribe to: Stripe takes no `*` for those.

    A class may name one that the installed SDK does not know yet.
    """
    known = event_types.known_thin()
    named = {name for name in acting_names() if name.startswith(("v1.", "v2."))}
    prefixes = {name for name in named if any(event_types.matches(name, each) for each in known)}
    return sorted({*filter(wants, known), *(named - prefixes)})


def acting_names() -> set[str]:
    """Return the event names of the classes that do more than to write the mirror."""
    acting = [each for each in registry.registered() if not registry.mirrors_only(each)]
    return {name for webhook in acting for name in registry.names(webhook)}
