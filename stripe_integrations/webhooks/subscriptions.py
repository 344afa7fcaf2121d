from stripe_integrations.webhooks.base import MirrorWebhook


class CustomerSubscriptionCreatedWebhook(MirrorWebhook):
    name = "customer.subscription.created"
    description = "Occurs when a customer is subscribed."


class CustomerSubscriptionUpdatedWebhook(MirrorWebhook):
    name = "customer.subscription.updated"
    description = "Occurs when a subscription changes."


class CustomerSubscriptionTrialWillEndWebhook(MirrorWebhook):
    name = "customer.subscription.trial_will_end"
    description = "Occurs three days before a trial ends."


class CustomerSubscriptionDeletedWebhook(MirrorWebhook):
    name = "customer.subscription.deleted"
    description = "Occurs when a subscription ends; it stays as canceled."


class CustomerSubscriptionPausedWebhook(MirrorWebhook):
    name = "customer.subscription.paused"
    description = "Occurs when a subscription's status becomes paused."


class CustomerSubscriptionResumedWebhook(MirrorWebhook):
    name = "customer.subscription.resumed"
    description = "Occurs when a subscription is no longer paused."


class CustomerSubscriptionPendingUpdateAppliedWebhook(MirrorWebhook):
    name = "customer.subscription.pending_update_applied"
    description = "Occurs when a pending update of a subscription takes effect."


class CustomerSubscriptionPendingUpdateExpiredWebhook(MirrorWebhook):
    name = "customer.subscription.pending_update_expired"
    description = "Occurs when a pending update of a subscription is dropped."
