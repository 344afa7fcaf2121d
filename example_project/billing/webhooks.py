"""Found at start-up, since it is called `webhooks`."""

from billing.models import Notice
from stripe_integrations.webhooks.base import BaseWebhook


class RemindOfTrialEnd(BaseWebhook):
    name = "customer.subscription.trial_will_end"
    description = "Tells the customer, once, that the trial ends soon."

    def process_webhook(self) -> None:
        Notice.objects.create(customer_id=self.event.customer_id, text="Your trial ends soon.")
