"""Import the `webhooks` module of every installed app, so that its classes are registered."""

from __future__ import annotations

import importlib
import pkgutil

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import module_has_submodule


def import_webhooks() -> None:
    """Import each app's `webhooks` module, or package with all its submodules but tests.

    Raises ImproperlyConfigured that names the app whose module cannot be imported.
    """
    for app in apps.get_app_configs():
        if module_has_submodule(app.module, "webhooks"):
            try:
                _import_all(f"{app.name}.webhooks")
            except Exception as error:
                raise ImproperlyConfigured(
                    f"The webhooks of the app {app.label!r} cannot be imported: {error}"
                ) from error


def _import_all(name: str) -> None:
    module = importlib.import_module(name)
    for submodule in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if not submodule.name.startswith("test"):
            _import_all(f"{name}.{submodule.name}")
