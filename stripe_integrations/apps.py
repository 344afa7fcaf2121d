from __future__ import annotations

from django.apps import AppConfig, apps


class StripeIntegrationsConfig(AppConfig):
    name = "stripe_integrations"
    verbose_name = "Stripe"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from stripe_integrations import checks  # noqa: F401
        from stripe_integrations.dispatch import discovery

        discovery.import_webhooks()
        if apps.is_installed("drf_spectacular"):
            from stripe_integrations.api import openapi  # noqa: F401
