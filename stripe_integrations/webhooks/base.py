"""The base of webhook classes: subclassing it is registering.

::

    class ProductCreateWebhook(BaseWebhook):
        name = "product.created"
        description = "Occurs whenever a new product is created."

        def process_webhook(self):
            StripeProduct.sync(self.event.message["data"]["object"])
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from stripe_integrations import registry
from stripe_integrations.actions import MIRRORED


class BaseWebhook:
    """What a project does about an event.

    All classes that match an event run, ours first; each runs once per event, in a transaction of
    its own. A subclass of a registered class takes its place.
    """

    # -- what a subclass sets

    #: Event types, or prefixes of some ("customer" is all `customer.…`), or "*" for all.
    name: ClassVar[str | Sequence[str]] = ()
    description: ClassVar[str] = ""
    #: True in the body of a class that is only a base: it is not registered.
    abstract: ClassVar[bool] = True

    def process_webhook(self) -> None:
        """Do it. Raising undoes it and has Stripe send the event again."""
        raise NotImplementedError(
            f"{type(self).__qualname__} has no process_webhook(self) method: write one."
        )

    # -- what it leaves alone

    def __init__(self, event: Any) -> None:
        self.event = event

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if not cls.__dict__.get("abstract", False):
            registry.register(cls)


class SyncWebhook(BaseWebhook):
    """Bring the mirror of the event's object up to date, if objects of its kind are mirrored."""

    abstract = True

    def process_webhook(self) -> None:
        data = self.event.stripe_object
        kind = data.get("object")
        action = MIRRORED.get(kind) if isinstance(kind, str) else None
        if action is not None:
            action.sync(data)
