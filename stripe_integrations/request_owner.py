"""Whose customers a request is about: the user's, or those of what `GET_OWNER` returns."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

from stripe_integrations import conf
from stripe_integrations.local_users import described, expected, is_user


def owner_of(request: Any) -> Any:
    """Return the owner of a request; None for nobody, or a user who is not logged in.

    `GET_OWNER` is asked for those who are logged in only. Raises ImproperlyConfigured for what is
    no owner.
    """
    path, owner = conf.get("GET_OWNER"), request.user
    if path is not None and getattr(owner, "is_authenticated", False):
        owner = import_string(path)(request)
    if owner is None or is_user(owner):
        return owner
    raise ImproperlyConfigured(
        f"The owner of a request has to be {expected()}, not {described(owner)}: set "
        "STRIPE_INTEGRATIONS['GET_OWNER'] to the path of a function that takes the request and "
        "returns it."
    )
