# As printed in seed 003; its indentation alone is put back.
# Stripe Integrations Stuff
from stripe_integrations.actions import StripeProduct
from stripe_integrations.webhooks.base import BaseWebhook


class ProductCreateWebhook(BaseWebhook):
    name = "product.created"
    description = "Occurs whenever a new product is created."

    def process_webhook(self):
        StripeProduct.sync(self.event.message["data"]["object"])
