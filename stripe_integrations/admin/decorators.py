"""The decorator of the admin's actions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.contrib.admin import options


def admin_action(description: str) -> Callable[[Any], Any]:
    """Declare an action that needs `has_act_permission`, also on each page since Django 6.1."""

    def declare(method: Any) -> Any:
        declared = admin.action(description=description, permissions=["act"])(method)
        locations = getattr(options, "ActionLocation", None)
        declared.locations = list(locations or ())
        return declared

    return declare
