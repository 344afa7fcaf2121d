"""Event name -> webhook classes. It knows no model, no action and no class of ours.

A class is registered by being defined (`webhooks.base.BaseWebhook.__init_subclass__`).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from stripe_integrations.event_types import matches

WebhookClass = Any  # a class; `type[Any]` cannot be a key of what is remembered
Classes = tuple[WebhookClass, ...]

#: Event types whose classes are remembered; types come from outside, in any number.
MAX_KINDS = 1000

_classes: dict[str, WebhookClass] = {}


def register(webhook: WebhookClass) -> None:
    """Add a class under its key.

    Raises ImproperlyConfigured for a class that would fail with every event, or whose key is taken.
    """
    where = class_key(webhook)
    if not names(webhook):
        raise ImproperlyConfigured(
            f'{where} names no event: set `name`, for example name = "product.created", '
            "or set `abstract = True` on a base class."
        )
    refuse_unrun(webhook.process_webhook, f"{where}.process_webhook")
    is_method = inspect.isfunction(inspect.getattr_static(webhook, "process_webhook"))
    refuse_uncallable(
        webhook.process_webhook,
        f"{where}.process_webhook",
        "def process_webhook(self):",
        *([None] if is_method else []),
    )
    taken = _classes.setdefault(where, webhook)
    if taken is not webhook:
        raise ImproperlyConfigured(
            f"{where} is registered twice, for {', '.join(names(taken))} and for "
            f"{', '.join(names(webhook))}: give one of the two another name, or all event names "
            'to one of them: name = ("price", "product"), or @handler("price", "product").'
        )
    matching.cache_clear()
    is_built_in.cache_clear()


def refuse_unrun(function: Callable[..., Any], where: str) -> None:
    """Raise ImproperlyConfigured for a coroutine or generator function: a call would not run it."""
    kinds = (inspect.iscoroutinefunction, inspect.isgeneratorfunction, inspect.isasyncgenfunction)
    if any(is_kind(function) for is_kind in kinds):
        raise ImproperlyConfigured(
            f"{where} is a coroutine or generator function, whose body nobody would run: "
            "write a plain `def` without await and yield."
        )


def refuse_uncallable(
    function: Callable[..., Any], where: str, definition: str, *args: Any, **kwargs: Any
) -> None:
    """Raise ImproperlyConfigured for a function that these arguments do not fit.

    `definition` is what to write in place of it.
    """
    try:
        signature = inspect.signature(function)
    except ValueError:  # some written in C have none
        return
    try:
        signature.bind(*args, **kwargs)
    except TypeError as error:
        raise ImproperlyConfigured(
            f"{where}{signature} fails when it is called ({error}): write `{definition}`."
        ) from error


def registered() -> list[WebhookClass]:
    """Return every registered class, by key."""
    return [_classes[each] for each in sorted(_classes)]


def names(webhook: WebhookClass) -> tuple[str, ...]:
    """Return the event names of a class, sorted: `name` is one string or several."""
    given = webhook.name
    return tuple(sorted({given} if isinstance(given, str) and given else set(given)))


@cache
def class_key(webhook: WebhookClass) -> str:
    """Return what an event remembers of a class that is done: its module and qualified name."""
    return f"{webhook.__module__}.{webhook.__qualname__}"


@lru_cache(maxsize=MAX_KINDS)
def matching(kind: str) -> Classes:
    """Return the classes that an event of this type runs: ours first, then by key.

    A subclass takes the place of a registered parent that matches too, also its turn. Remembered
    until another class is registered.
    """
    candidates = [
        webhook for webhook in registered() if any(matches(name, kind) for name in names(webhook))
    ]
    last = [
        webhook
        for webhook in candidates
        if not any(other is not webhook and issubclass(other, webhook) for other in candidates)
    ]
    return tuple(sorted(last, key=lambda webhook: (not is_built_in(webhook), class_key(webhook))))


@lru_cache(maxsize=MAX_KINDS)
def is_built_in(webhook: WebhookClass) -> bool:
    """Tell whether a class is one of ours, or stands in for one of ours."""
    ours = [each for each in _classes.values() if is_ours(each)]
    return any(issubclass(webhook, each) for each in ours)


def is_ours(webhook: WebhookClass) -> bool:
    """Tell whether a class is one of this package's own."""
    package = __name__.partition(".")[0]
    return bool(webhook.__module__.startswith(f"{package}."))


def mirrors_only(webhook: WebhookClass) -> bool:
    """Tell whether a class only writes the mirror, so that it may run twice for one change.

    Its method is compared each time, so that one that a test patches is called.
    """
    return bool(webhook.process_webhook is webhook.mirrors_by)


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
