"""Event name -> webhook classes. It knows no model, no action and no class of ours.

A class is registered by being defined (`webhooks.base.BaseWebhook.__init_subclass__`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ImproperlyConfigured

WebhookClass = type[Any]

_classes: dict[str, WebhookClass] = {}


def register(webhook: WebhookClass) -> None:
    """Add a class under its key.

    Raises ImproperlyConfigured for a class that could never run, or whose key is taken.
    """
    where = f"{webhook.__module__}.{webhook.__qualname__}"
    if not names(webhook):
        raise ImproperlyConfigured(
            f'{where} names no event: set `name`, for example name = "product.created", '
            "or set `abstract = True` on a base class."
        )
    refuse_unrun(webhook.process_webhook, f"{where}.process_webhook")
    taken = _classes.setdefault(key(webhook), webhook)
    if taken is not webhook:
        raise ImproperlyConfigured(
            f"{where} is registered twice for {', '.join(names(webhook))}: "
            "give one of the two classes another name."
        )


def refuse_unrun(function: Callable[..., Any], where: str) -> None:
    """Raise ImproperlyConfigured for a coroutine or generator function: a call would not run it."""
    kinds = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
    if any(is_kind(function) for is_kind in kinds):
        raise ImproperlyConfigured(
            f"{where} is a coroutine or generator function, whose body nobody would run: "
            "write a plain `def` without await and yield."
        )


def registered() -> list[WebhookClass]:
    """Return every registered class, by key."""
    return [_classes[each] for each in sorted(_classes)]


def names(webhook: WebhookClass) -> tuple[str, ...]:
    """Return the event names of a class, sorted: `name` is one string or several."""
    given = webhook.name
    return tuple(sorted({given} if isinstance(given, str) and given else set(given)))


def key(webhook: WebhookClass) -> str:
    """Return what an event remembers of a class that is done: where it lives and its names."""
    return f"{webhook.__module__}.{webhook.__qualname__}:{','.join(names(webhook))}"


def matches(name: str, kind: str) -> bool:
    """Tell whether a registered name means an event type: equal, above it, or `*`."""
    return name in ("*", kind) or kind.startswith(f"{name}.")


def for_event(kind: str) -> list[WebhookClass]:
    """Return the classes that an event of this type runs: ours first, then by key.

    A subclass takes the place of a registered parent that matches too, also its turn.
    """
    matching = [
        webhook for webhook in registered() if any(matches(name, kind) for name in names(webhook))
    ]
    last = [
        webhook
        for webhook in matching
        if not any(other is not webhook and issubclass(other, webhook) for other in matching)
    ]
    return sorted(last, key=lambda webhook: (not is_built_in(webhook), key(webhook)))


def is_built_in(webhook: WebhookClass) -> bool:
    """Tell whether a class is one of ours, or stands in for one of ours."""
    package = __name__.partition(".")[0]
    ours = (each for each in _classes.values() if each.__module__.startswith(f"{package}."))
    return any(issubclass(webhook, each) for each in ours)


def replacements() -> dict[WebhookClass, list[WebhookClass]]:
    """Return each registered class that others replace, with those others."""
    return {
        parent: heirs
        for parent in registered()
        if (
            heirs := [
                heir for heir in registered() if heir is not parent and issubclass(heir, parent)
            ]
        )
    }
