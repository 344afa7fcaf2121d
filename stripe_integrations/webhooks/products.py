from stripe_integrations.webhooks.base import SyncWebhook


class ProductCreatedWebhook(SyncWebhook):
    name = "product.created"
    description = "Occurs when a product is created."


class ProductUpdatedWebhook(SyncWebhook):
    name = "product.updated"
    description = "Occurs when a product changes."


class ProductDeletedWebhook(SyncWebhook):
    name = "product.deleted"
    description = "Occurs when a product is deleted."
