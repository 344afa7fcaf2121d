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
    """A view of the viewset's; `name` is what `reverse` wants, `action` the viewset's method.

    Without a name, there is nothing to reverse.
    """

    view: Callable[..., Any]
    name: str
    action: str


def routes() -> Iterator[Route]:
    """Return the routes of the viewset, or of a subclass, that take a POST."""
    for pattern, namespaces in _patterns(get_resolver(), ()):
        view = pattern.callback
        if _class_of(view, StripeWebhookViewSet):
            action = getattr(view, "actions", {}).get("post", "")
            name = ":".join((*namespaces, pattern.name)) if pattern.name else ""
            yield Route(view, name, action)


def path_of(route: Route) -> str | None:
    """Return the path of a route, of the one to endpoints that of some uuid.

    None for a route without a name, or below one with parameters.
    """
    kwargs = {"uuid": uuid.UUID(int=0)} if route.action == "endpoint" else {}
    try:
        return reverse(route.name, kwargs=kwargs) if route.name else None
    except NoReverseMatch:
        return None


def endpoint_path(endpoint_uuid: uuid.UUID) -> str:
    """Return the path of an endpoint. Raises ValueError when there is no route to it."""
    for route in routes():
        if route.action == "endpoint" and route.name:
            try:
                return reverse(route.name, kwargs={"uuid": endpoint_uuid})
            except NoReverseMatch as error:
                raise ValueError(
                    f"The route {route.name!r} lies below one with parameters of its own: mount "
                    "the viewset elsewhere."
                ) from error
    raise ValueError(NO_ROUTE)


def viewsets_of(base: type) -> set[type]:
    """Return the viewsets derived from one that a route leads to."""
    views = (pattern.callback for pattern, _namespaces in _patterns(get_resolver(), ()))
    return {found for view in views if (found := _class_of(view, base)) is not None}


def _patterns(
    resolver: URLResolver, namespaces: tuple[str, ...]
) -> Iterator[tuple[URLPattern, tuple[str, ...]]]:
    """Return what leads to a view, each with the namespaces that it is in."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _patterns(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield pattern, namespaces


def _class_of(view: Any, base: type) -> type | None:
    """Return the class of a view if it is derived from another one."""
    found = getattr(view, "cls", None)
    return found if isinstance(found, type) and issubclass(found, base) else None
