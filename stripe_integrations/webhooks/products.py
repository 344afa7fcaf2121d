from stripe_integrations.webhooks.base import MirrorWebhook


class ProductCreatedWebhook(MirrorWebhook):
    name = "product.created"
    description = "Occurs when a product is created."


class ProductUpdatedWebhook(MirrorWebhook):
    name = "product.updated"
    description = "Occurs when a product changes."


class ProductDeletedWebhook(MirrorWebhook):
    name = "product.deleted"
    description = "Occurs when a product is deleted."
