from stripe_integrations.actions import StripeCustomer
from stripe_integrations.webhooks.base import MirrorWebhook


class CustomerCreatedWebhook(MirrorWebhook):
    name = "customer.created"
    description = "Occurs when a customer is created."


class CustomerUpdatedWebhook(MirrorWebhook):
    name = "customer.updated"
    description = "Occurs when a customer changes."


class CustomerDeletedWebhook(MirrorWebhook):
    name = "customer.deleted"
    description = "Occurs when a customer is deleted."


class CheckoutSessionWebhook(MirrorWebhook):
    name = "checkout.session"
    description = "Occurs with each event of a checkout, which may name the local user."

    def process_webhook(self) -> None:
        super().process_webhook()
        StripeCustomer.link_by_checkout(self.event.stripe_object)
