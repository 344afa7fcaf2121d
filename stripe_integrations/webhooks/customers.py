from stripe_integrations.actions import StripeCustomer
from stripe_integrations.webhooks.base import BaseWebhook, SyncWebhook


class CustomerCreatedWebhook(SyncWebhook):
    name = "customer.created"
    description = "Occurs when a customer is created."


class CustomerUpdatedWebhook(SyncWebhook):
    name = "customer.updated"
    description = "Occurs when a customer changes."


class CustomerDeletedWebhook(SyncWebhook):
    name = "customer.deleted"
    description = "Occurs when a customer is deleted."


class CheckoutSessionCompletedWebhook(BaseWebhook):
    name = "checkout.session.completed"
    description = "Occurs when a checkout is through; its client_reference_id is the local user."

    def process_webhook(self) -> None:
        StripeCustomer.link_by_checkout(self.event.stripe_object)
