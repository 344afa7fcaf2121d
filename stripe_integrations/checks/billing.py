"""System checks of the settings of the API for a billing page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.utils.module_loading import import_string

from stripe_integrations import conf
from stripe_integrations.api.private import PrivateViewSet
from stripe_integrations.api.return_urls import origin
from stripe_integrations.api.throttles import StripeThrottle
from stripe_integrations.routes import viewsets_of


@register(Tags.security)
def check_billing(**_kwargs: Any) -> list[CheckMessage]:
    """Find settings with which requests would be answered 500, or returns would be refused."""
    return [*_owner(), *_no_owner(), *_origins(), *_rate()]


def _owner() -> Iterator[CheckMessage]:
    path = conf.get("GET_OWNER")
    try:
        usable = path is None or callable(import_string(path))
    except (ImportError, AttributeError, TypeError):
        usable = False
    if not usable:
        yield Error(
            f"GET_OWNER is {path!r}, which cannot be imported or is no function.",
            hint="Set it to the path of a function that takes a request and returns its owner, or "
            "remove it for request.user.",
            id="stripe_integrations.E025",
        )


def _no_owner() -> Iterator[CheckMessage]:
    is_named = conf.get("GET_OWNER") is not None or conf.owners_are_users()
    if is_named or not getattr(settings, "ROOT_URLCONF", None):
        return
    found = viewsets_of(PrivateViewSet)
    unsaid = sorted(each.__name__ for each in found if _takes_the_user(each))
    if unsaid:
        yield Error(
            f"Customers belong to {conf.owner_label()}, and {', '.join(unsaid)} would take the "
            "user of a request for the owner: it answers 500.",
            hint="Set STRIPE_INTEGRATIONS['GET_OWNER'] to the path of a function that takes a "
            "request and returns its owner, or override get_owner.",
            id="stripe_integrations.E029",
        )


def _takes_the_user(viewset: Any) -> bool:
    return bool(viewset.get_owner is PrivateViewSet.get_owner)


def _origins() -> Iterator[CheckMessage]:
    given = conf.get("RETURN_ORIGINS")
    is_list = given is None or isinstance(given, (list, tuple))
    wrong = [each for each in given or () if not _is_origin(each)] if is_list else given
    if wrong or not is_list:
        yield Error(
            f"RETURN_ORIGINS cannot hold {wrong!r}.",
            hint="Write a list of a scheme, a host and perhaps a port each, without a path: "
            "['https://app.example.com'].",
            id="stripe_integrations.E026",
        )


def _is_origin(given: Any) -> bool:
    # A path, a query or a wildcard would not be looked at.
    return (
        isinstance(given, str)
        and origin(given) is not None
        and not re.search(r"[*?#]|//.*/", given)
    )


def _rate() -> Iterator[CheckMessage]:
    try:
        StripeThrottle()
    except (ValueError, KeyError, TypeError, IndexError, AttributeError):
        yield Error(
            f"DEFAULT_THROTTLE_RATES['stripe'] is "
            f"{StripeThrottle.rate_in_settings()!r}, which is no rate.",
            hint="Write a number and a period, '30/min', or None for no limit.",
            id="stripe_integrations.E027",
        )
