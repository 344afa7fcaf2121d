from stripe_integrations.mirror import authorizations
from stripe_integrations.webhooks.base import MirrorWebhook


class AccountApplicationWebhook(MirrorWebhook):
    name = (authorizations.AUTHORIZED, authorizations.DEAUTHORIZED)
    description = "Occurs when a connected account begins or ceases to let us act for it."

    def process_webhook(self) -> None:
        super().process_webhook()
        if self.event.account is not None:
            authorizations.mark(self.event.account)
