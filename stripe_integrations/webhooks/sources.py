from stripe_integrations.webhooks.base import SyncWebhook


class CustomerSourceCreatedWebhook(SyncWebhook):
    name = "customer.source.created"
    description = "Occurs when a card, bank account or source is attached to a customer."


class CustomerSourceUpdatedWebhook(SyncWebhook):
    name = "customer.source.updated"
    description = "Occurs when a customer's card, bank account or source changes."


class CustomerSourceDeletedWebhook(SyncWebhook):
    name = "customer.source.deleted"
    description = "Occurs when a card, bank account or source is detached from its customer."


class CustomerSourceExpiringWebhook(SyncWebhook):
    name = "customer.source.expiring"
    description = "Occurs when a customer's card or source will expire at the end of the month."
