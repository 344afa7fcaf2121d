# The view-set of seed 003, as printed; its indentation alone is put back.
# ruff: noqa: I001
from django.http import Http404
from rest_framework import viewsets
from stripe_integrations.actions import StripeWebhook
from project.base import response
from payment.models import Event


class StripeWebhookViewSet(viewsets.GenericViewSet):
    EVENT_MODEL = Event

    # Check the webhook signatures
    # Ref: https://stripe.com/docs/webhooks/signatures
    def create(self, request, *args, **kwargs):
        try:
            event_data = request.data
            StripeWebhook.process_webhook(event_data)
        except Http404 as e:
            raise e
        return response.Ok({"success": True})
