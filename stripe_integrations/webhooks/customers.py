from stripe_integrations import mapping
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
        session = self.event.stripe_object
        customer = mapping.reference(session.get("customer"))
        user_pk = session.get("client_reference_id")
        if customer and mapping.is_usable_id(user_pk):
            StripeCustomer.link_user(customer, user_pk)
