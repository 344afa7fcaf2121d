"""A project's class whose effect is a row for each time that it runs."""

import uuid

from django.contrib.auth import get_user_model

from stripe_integrations.webhooks import BaseWebhook


class CountingWebhook(BaseWebhook):
    name = "*"

    def process_webhook(self):
        get_user_model().objects.create(username=f"{self.event.pk} {uuid.uuid4()}")
