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
from typing import TYPE_CHECKING, Any, ClassVar

from django.core.exceptions import ImproperlyConfigured

from stripe_integrations import conf, kinds
from stripe_integrations.dispatch import registry
from stripe_integrations.mirror.sync import sync

if TYPE_CHECKING:
    from stripe_integrations.models import Event


class BaseWebhook:
    """Base class of event handlers.

    All classes that match an event run, ours first; each runs once per event, in a transaction of
    its own. A subclass of a registered class replaces it.
    """

    # -- what a subclass sets

    #: Event types, or prefixes of some ("customer" is all `customer.…`), or "*" for all.
    name: ClassVar[str | Sequence[str]] = ()
    description: ClassVar[str] = ""
    #: True in the body of a class that is only a base: it is not registered.
    abstract: ClassVar[bool] = True

    def process_webhook(self) -> None:
        """Handle the event. If this raises, its writes are undone and Stripe retries."""
        raise NotImplementedError  # no class without one of its own is registered

    # -- internal

    #: The method that only writes the mirror: a class that has another one may do more.
    mirrors_by: ClassVar[Any] = None

    def __init__(self, event: Event) -> None:
        self.event = event

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.__dict__.get("abstract", False):
            return
        own = cls.process_webhook
        if not callable(own) or own is BaseWebhook.process_webhook:
            where = f"{cls.__module__}.{cls.__qualname__}"
            raise ImproperlyConfigured(
                f"{where} has no method `def process_webhook(self):`, which runs with each event: "
                "write one, or set `abstract = True` on a base class."
            )
        registry.register(cls)


class MirrorWebhook(BaseWebhook):
    """Bring the row of the event's object up to date, whatever its kind.

    The row is of the model of that kind, else a `StripeObject`. Kinds that `MIRROR` leaves out, and
    objects without an id, have none. A subclass takes its place for the events that it names.
    """

    name: ClassVar[str | Sequence[str]] = "*"
    description = "Occurs with every event."

    def process_webhook(self) -> None:
        data = self.event.stripe_object
        given = data.get("object")
        kind = kinds.of(given) if isinstance(given, str) else None
        if kind is not None and conf.is_mirrored(kind.object):
            sync(kind, data, None)

    mirrors_by = process_webhook
