"""Where the project has mounted the webhook."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from stripe_integrations.viewsets import StripeWebhookViewSet

NO_ROUTE = (
    "No route leads to the endpoints of StripeWebhookViewSet: register it on a router, and "
    "include that in urls.py."
)


@dataclass(frozen=True)
class Route:
    """A view of the viewset's; `name` is what `reverse` wants, `action` the viewset's method."""

    view: Callable[..., Any]
    name: str
    action: str


def routes() -> Iterator[Route]:
    """Return the routes of the viewset, or of a subclass, that take a POST."""
    yield from _below(get_resolver(), ())


def endpoint_path(endpoint_uuid: uuid.UUID) -> str:
    """Return the path of an endpoint. Raises ValueError when there is no route to it."""
    for route in routes():
        if route.action == "endpoint":
            try:
                return reverse(route.name, kwargs={"uuid": endpoint_uuid})
            except NoReverseMatch as error:
                raise ValueError(
                    f"The route {route.name!r} lies below one with parameters of its own: mount "
                    "the viewset elsewhere."
                ) from error
    raise ValueError(NO_ROUTE)


def _below(resolver: URLResolver, namespaces: tuple[str, ...]) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _below(pattern, inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            view = pattern.callback
            of_class = getattr(view, "cls", None)
            if isinstance(of_class, type) and issubclass(of_class, StripeWebhookViewSet):
                action = getattr(view, "actions", {}).get("post", "")
                yield Route(view, ":".join((*namespaces, pattern.name)), action)
