from stripe_integrations.webhooks.base import SyncWebhook


class PriceCreatedWebhook(SyncWebhook):
    name = "price.created"
    description = "Occurs when a price is created."


class PriceUpdatedWebhook(SyncWebhook):
    name = "price.updated"
    description = "Occurs when a price changes."


class PriceDeletedWebhook(SyncWebhook):
    name = "price.deleted"
    description = "Occurs when a price is deleted."
