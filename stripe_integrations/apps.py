from __future__ import annotations

from contextlib import suppress
from importlib import import_module

from django.apps import AppConfig, apps


class StripeIntegrationsConfig(AppConfig):
    name = "stripe_integrations"
    verbose_name = "Stripe"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from stripe_integrations import checks, conf  # noqa: F401
        from stripe_integrations.dispatch import discovery

        discovery.import_webhooks()
        # Celery's workers know its tasks by this; a system check says if it fails.
        with suppress(Exception):
            if queue := conf.get("QUEUE"):
                import_module(queue)
        if apps.is_installed("drf_spectacular"):
            from stripe_integrations.api import openapi  # noqa: F401
