"""The webhook's routes, held against the middleware in front of them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from stripe_integrations.routes import routes

CSRF = "django.middleware.csrf.CsrfViewMiddleware"
LOGIN = "django.contrib.auth.middleware.LoginRequiredMiddleware"


@register(Tags.urls)
def check_routes(**_kwargs: Any) -> list[CheckMessage]:
    """Find routes that Stripe cannot get through to: it has no cookie, and logs in nowhere."""
    return list(_messages()) if getattr(settings, "ROOT_URLCONF", None) else []


def _messages() -> Iterator[CheckMessage]:
    is_csrf, is_login = _is_installed(CSRF), _is_installed(LOGIN)
    for route in routes():
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
                f"The route {route.name!r} wants a login, to which Stripe is redirected in vain.",
                hint="Take the decorator off, or wrap the view in "
                "django.contrib.auth.decorators.login_not_required.",
                id="stripe_integrations.E013",
            )


def _is_installed(wanted: str) -> bool:
    middleware = import_string(wanted)
    return any(_is_kind(path, middleware) for path in settings.MIDDLEWARE)


def _is_kind(path: str, middleware: type) -> bool:
    try:
        found = import_string(path)
    except (ImportError, ImproperlyConfigured):
        return False
    return isinstance(found, type) and issubclass(found, middleware)
