from stripe_integrations.webhooks.base import SyncWebhook


class CustomerSubscriptionCreatedWebhook(SyncWebhook):
    name = "customer.subscription.created"
    description = "Occurs when a customer is subscribed."


class CustomerSubscriptionUpdatedWebhook(SyncWebhook):
    name = "customer.subscription.updated"
    description = "Occurs when a subscription changes."


class CustomerSubscriptionTrialWillEndWebhook(SyncWebhook):
    name = "customer.subscription.trial_will_end"
    description = "Occurs three days before a trial ends."


class CustomerSubscriptionDeletedWebhook(SyncWebhook):
    name = "customer.subscription.deleted"
    description = "Occurs when a subscription ends; it stays as canceled."


class CustomerSubscriptionPausedWebhook(SyncWebhook):
    name = "customer.subscription.paused"
    description = "Occurs when a subscription's status becomes paused."


class CustomerSubscriptionResumedWebhook(SyncWebhook):
    name = "customer.subscription.resumed"
    description = "Occurs when a subscription is no longer paused."


class CustomerSubscriptionPendingUpdateAppliedWebhook(SyncWebhook):
    name = "customer.subscription.pending_update_applied"
    description = "Occurs when a pending update of a subscription takes effect."


class CustomerSubscriptionPendingUpdateExpiredWebhook(SyncWebhook):
    name = "customer.subscription.pending_update_expired"
    description = "Occurs when a pending update of a subscription is dropped."
