"""System checks of webhook classes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004

from stripe_integrations import event_types
from stripe_integrations.dispatch import registry


@register(Tags.compatibility)
def check_webhooks(**_kwargs: Any) -> list[CheckMessage]:
    """Find webhook classes that never run, and rivals that both run."""
    return [*_event_names(), *_siblings()]


def _event_names() -> Iterator[CheckMessage]:
    for webhook in registry.registered():
        for name in registry.names(webhook):
            if not event_types.is_known(name):
                nearest = event_types.nearest(name)
                yield Warning(
                    f"{webhook.__module__}.{webhook.__qualname__} names {name!r}, which the "
                    "installed stripe package does not know.",
                    hint=f"Did you mean {nearest!r}?" if nearest else "Check the name.",
                    id="stripe_integrations.W005",
                )


def _siblings() -> Iterator[CheckMessage]:
    for parent, heirs in registry.replacements().items():
        direct = [heir for heir in heirs if parent in heir.__bases__]
        for name in registry.names(parent):
            rivals = [heir.__qualname__ for heir in direct if name in registry.names(heir)]
            if len(rivals) > 1:
                yield Warning(
                    f"{' and '.join(rivals)} both replace {parent.__qualname__} for {name!r}: "
                    "both run.",
                    hint="Make one of them a subclass of the other, or of BaseWebhook.",
                    id="stripe_integrations.W006",
                )
