from stripe_integrations.webhooks.base import MirrorWebhook


class CustomerSourceCreatedWebhook(MirrorWebhook):
    name = "customer.source.created"
    description = "Occurs when a card, bank account or source is attached to a customer."


class CustomerSourceUpdatedWebhook(MirrorWebhook):
    name = "customer.source.updated"
    description = "Occurs when a customer's card, bank account or source changes."


class CustomerSourceDeletedWebhook(MirrorWebhook):
    name = "customer.source.deleted"
    description = "Occurs when a card, bank account or source is detached from its customer."


class CustomerSourceExpiringWebhook(MirrorWebhook):
    name = "customer.source.expiring"
    description = "Occurs when a customer's card or source will expire at the end of the month."
