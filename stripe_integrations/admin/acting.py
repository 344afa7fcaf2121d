"""How the admin declares an action."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin import options


def admin_action(description: str) -> Callable[[Any], Any]:
    """Declare an action for those who may act, on the list and, since Django 6.1, on each page."""

    def declare(method: Any) -> Any:
        declared = admin.action(description=description, permissions=["act"])(method)
        locations = getattr(options, "ActionLocation", None)
        declared.locations = list(locations or ())
        return declared

    return declare
