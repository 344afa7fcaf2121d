from django.urls import include, path
from rest_framework.routers import SimpleRouter

from stripe_integrations.viewsets import StripeWebhookViewSet

router = SimpleRouter(trailing_slash=False)
router.register("stripe/webhook", StripeWebhookViewSet, basename="stripe-webhook")

urlpatterns = [path("", include(router.urls))]
