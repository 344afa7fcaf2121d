"""dj-stripe's route, for endpoints that Stripe goes on posting to after an import.

::

    path("stripe/", include("stripe_integrations.djstripe_urls", namespace="djstripe"))

Mount it where `djstripe.urls` was mounted.
"""

from __future__ import annotations

from django.urls import path

from stripe_integrations.viewsets import StripeWebhookViewSet

app_name = "djstripe"

_view = StripeWebhookViewSet.as_view({"post": "endpoint"})

# Stripe follows no redirect. dj-stripe's route ends in a slash, or, without APPEND_SLASH, in none.
urlpatterns = [
    path("webhook/<str:uuid>/", _view, name="djstripe_webhook_by_uuid"),
    path("webhook/<str:uuid>", _view),
]
