"""What happens when an event arrives."""

from stripe_integrations.webhooks.base import BaseWebhook, MirrorWebhook
from stripe_integrations.webhooks.functions import handler

__all__ = ["BaseWebhook", "MirrorWebhook", "handler"]
