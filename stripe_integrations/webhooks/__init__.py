"""What happens when an event arrives."""

from stripe_integrations.webhooks.base import BaseWebhook, SyncWebhook
from stripe_integrations.webhooks.functions import handler

__all__ = ["BaseWebhook", "SyncWebhook", "handler"]
