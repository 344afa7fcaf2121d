"""System checks of the webhook's routes and the middleware in front of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004
from django.core.exceptions import ImproperlyConfigured
from django.urls import Resolver404, resolve
from django.utils.module_loading import import_string

from stripe_integrations.routes import NO_ROUTE, Route, path_of, routes

CSRF = "django.middleware.csrf.CsrfViewMiddleware"
LOGIN = "django.contrib.auth.middleware.LoginRequiredMiddleware"


@register(Tags.urls)
def check_routes(**_kwargs: Any) -> list[CheckMessage]:
    """Find routes that Stripe cannot use: it has no cookies, no login, and follows no redirect."""
    if not getattr(settings, "ROOT_URLCONF", None):
        return []
    # A router has some routes twice, with a format at the end.
    all_of_them = list(routes())
    found = list({(route.name, route.action): route for route in all_of_them}.values())
    if not found:
        return [_no_route()]
    views = [route.view for route in all_of_them]
    return [*_refused(found), *_redirected(found, views)]


def _no_route() -> CheckMessage:
    return Warning(
        "No route leads to StripeWebhookViewSet: Stripe's requests are answered 404.",
        hint=f"{NO_ROUTE} If a view of your own takes them, silence this check.",
        id="stripe_integrations.W013",
    )


def _refused(found: list[Route]) -> Iterator[CheckMessage]:
    is_csrf, is_login = _is_installed(CSRF), _is_installed(LOGIN)
    for route in found:
        if is_csrf and not getattr(route.view, "csrf_exempt", False):
            yield Error(
                f"The route {route.name!r} is behind CsrfViewMiddleware, which answers 403 to "
                "Stripe.",
                hint="Wrap the view in django.views.decorators.csrf.csrf_exempt.",
                id="stripe_integrations.E012",
            )
        # `login_required` and its like leave this on the view.
        is_guarded = hasattr(route.view, "redirect_field_name")
        if is_guarded or (is_login and getattr(route.view, "login_required", True)):
            yield Error(
                f"The route {route.name!r} requires a login: Stripe is redirected to it, and does "
                "not deliver.",
                hint="Remove the decorator, or wrap the view in "
                "django.contrib.auth.decorators.login_not_required.",
                id="stripe_integrations.E013",
            )


def _redirected(found: list[Route], views: list[Any]) -> Iterator[CheckMessage]:
    for route in found:
        path = path_of(route) if route.action in ("create", "endpoint") else None
        slashless = (path or "").rstrip("/")
        if slashless and slashless != path and _view_at(slashless) not in views:
            yield Warning(
                f"The route {route.name!r} is {path}, with a slash at its end. Without the slash "
                "Stripe is redirected, answered 404, or answered by another view: the events do "
                "not arrive.",
                hint="Register the viewset on a router with trailing_slash=False. If the URL at "
                "Stripe ends in a slash, too, silence this check.",
                id="stripe_integrations.W012",
            )


def _view_at(path: str) -> Any:
    try:
        return resolve(path).func
    except Resolver404:
        return None


def _is_installed(wanted: str) -> bool:
    middleware = import_string(wanted)
    return any(_is_kind(path, middleware) for path in settings.MIDDLEWARE)


def _is_kind(path: str, middleware: type) -> bool:
    try:
        found = import_string(path)
    except (ImportError, ImproperlyConfigured):
        return False
    return isinstance(found, type) and issubclass(found, middleware)
