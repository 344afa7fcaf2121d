"""One line of the table of verbs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model

from stripe_integrations.actions import StripeAction, StripeCustomer
from stripe_integrations.testing import FakeStripe


@dataclass(frozen=True)
class VerbCase:
    """A verb, how it is called, and what it does at Stripe."""

    action: type[StripeAction]
    verb: str
    #: Makes what the verb needs, at Stripe and in the mirror; returns what it is passed first.
    prepare: Callable[[FakeStripe], Any]
    #: What Stripe has afterwards, in terms of which acting twice is seen; and what that must be.
    at_stripe: Callable[[FakeStripe], Any]
    expected: Any
    #: The other arguments.
    args: tuple[Any, ...] = ()
    kwargs: Any = None
    #: What tells this case from others of the same verb.
    note: str = ""
    #: Whether it is passed what has no id at Stripe, such as a user or a name.
    is_of_user: bool = False
    #: Whether a call is another one each time, so that acting twice is right.
    is_repeatable: bool = False

    @property
    def id(self) -> str:
        name = f"{self.action.__name__}.{self.verb}"
        return f"{name} ({self.note})" if self.note else name

    def call(self, passed: Any, **kwargs: Any) -> Any:
        """Call the verb on what it is passed."""
        return getattr(self.action, self.verb)(passed, *self.args, **(self.kwargs or {}), **kwargs)


def user(_api: FakeStripe | None = None) -> Any:
    """Return a local user without a customer."""
    return get_user_model().objects.create(username="ada", email="ada@lovelace.example")


def customer(api: FakeStripe, **values: Any) -> Any:
    """Return the row of a customer that is there at Stripe."""
    api.create("customers", {"id": "cus_ada", "currency": "usd", **values})
    return StripeCustomer.retrieve("cus_ada")


def in_all(resource: str, *names: str) -> Callable[[FakeStripe], list[Any]]:
    """Return a function of the values that all objects of a resource have at Stripe.

    It is a list of one value for each object, or of a tuple where several names are given.
    """

    def values(api: FakeStripe) -> list[Any]:
        objects = api.objects[resource].values()
        found = [tuple(each.get(name) for name in names) for each in objects]
        return [one for (one,) in found] if len(names) == 1 else found

    return values
