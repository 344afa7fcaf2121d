"""Receivers of events, in the manner of Django's signals."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import TYPE_CHECKING

from stripe_integrations import conf, event_types
from stripe_integrations.dispatch import registry
from stripe_integrations.webhooks.functions import Function, register_function

if TYPE_CHECKING:
    from stripe_integrations.models import StripeBaseEvent


class CrudType(Enum):
    """What an event did to its object."""

    UPDATED = "updated"
    DELETED = "deleted"

    @classmethod
    def determine(cls, event: StripeBaseEvent, verb: str | None = None) -> CrudType:
        """Return DELETED if the verb, by default the event's own, is `deleted`; else UPDATED.

        To a mirror `created` is an update like any other.
        """
        return cls.DELETED if (verb or event.verb) == cls.DELETED.value else cls.UPDATED


def stripe_receiver(*names: str | Iterable[str]) -> Callable[[Function], Function]:
    """Register a receiver, `def receiver(sender, event, **kwargs)`, for one or more events.

    `sender` is the Event model. Otherwise it is a `webhooks.handler`; names may also be given as a
    list. Raises TypeError when used without names, ValueError for an event name that the installed
    `stripe` package does not know, and ImproperlyConfigured for a function that cannot be called
    so.
    """
    if not names or any(callable(each) for each in names):
        raise TypeError('Give the event names: @stripe_receiver("product.created").')
    wanted = tuple(
        name for given in names for name in ((given,) if isinstance(given, str) else given)
    )
    for name in wanted:
        if not event_types.is_known(name):
            nearest = event_types.nearest(name)
            hint = f" Did you mean {nearest!r}?" if nearest else ""
            raise ValueError(f"Stripe has no event {name!r}.{hint}")

    def register(function: Function) -> Function:
        registry.refuse_uncallable(
            function,
            registry.class_key(function),
            f"def {function.__name__}(sender, event, **kwargs):",
            sender=None,
            event=None,
        )
        register_function(
            function, wanted, lambda event: function(sender=conf.model("Event"), event=event)
        )
        return function

    return register
