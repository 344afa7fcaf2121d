from __future__ import annotations

from contextlib import suppress
from importlib import import_module

from django.apps import AppConfig, apps


class StripeIntegrationsConfig(AppConfig):
    name = "stripe_integrations"
    verbose_name = "Stripe"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from stripe_integrations import checks  # noqa: F401
        from stripe_integrations.dispatch import discovery

        discovery.import_webhooks()
        _import_queue()
        if apps.is_installed("drf_spectacular"):
            from stripe_integrations.api import openapi  # noqa: F401


def _import_queue() -> None:
    """Import the queue, by which Celery workers know its tasks; a check says if that fails."""
    from stripe_integrations import conf

    with suppress(Exception):
        import_module(conf.get("QUEUE") or "stripe_integrations.queues")
