from __future__ import annotations

from django.apps import AppConfig


class StripeIntegrationsConfig(AppConfig):
    name = "stripe_integrations"
    verbose_name = "Stripe"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from stripe_integrations import checks, discovery  # noqa: F401

        discovery.import_webhooks()
