from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from stripe_integrations.dispatch import registry
from stripe_integrations.webhooks.base import BaseWebhook

Function = TypeVar("Function", bound=Callable[..., Any])


def handler(*names: str) -> Callable[[Function], Function]:
    """Register a function of an event: `@handler("price", "product")`.

    Names are those of `BaseWebhook.name`, all of them in one decorator. The function is called as
    `function(event)`. Raises TypeError when used without names, and ImproperlyConfigured for a
    function that cannot be called so, and for a second one of the same module and name.
    """
    if not names or not all(isinstance(name, str) for name in names):
        raise TypeError('Give the event names: @handler("product.created").')

    def register(function: Function) -> Function:
        where = registry.class_key(function)
        registry.refuse_uncallable(function, where, f"def {function.__name__}(event):", None)
        register_function(function, names, function)
        return function

    return register


def register_function(
    function: Callable[..., Any], names: tuple[str, ...], call: Callable[[Any], Any]
) -> None:
    """Define the webhook class that a decorated function stands for.

    Raises ImproperlyConfigured for a coroutine or generator function.
    """
    registry.refuse_unrun(function, f"{function.__module__}.{function.__qualname__}")

    class FunctionWebhook(BaseWebhook):
        __module__ = function.__module__
        __qualname__ = function.__qualname__
        name = names
        description = (function.__doc__ or "").strip().partition("\n")[0]

        def process_webhook(self) -> None:
            call(self.event)
