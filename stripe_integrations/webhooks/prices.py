from stripe_integrations.webhooks.base import MirrorWebhook


class PriceCreatedWebhook(MirrorWebhook):
    name = "price.created"
    description = "Occurs when a price is created."


class PriceUpdatedWebhook(MirrorWebhook):
    name = "price.updated"
    description = "Occurs when a price changes."


class PriceDeletedWebhook(MirrorWebhook):
    name = "price.deleted"
    description = "Occurs when a price is deleted."
