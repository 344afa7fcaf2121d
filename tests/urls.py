from django.contrib import admin
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from stripe_integrations.viewsets import StripeWebhookViewSet

router = DefaultRouter(trailing_slash=False)
router.register("stripe/webhook", StripeWebhookViewSet, basename="stripe-webhook")

slashed = DefaultRouter()
slashed.register("stripe/webhook", StripeWebhookViewSet, basename="stripe-webhook-slashed")

urlpatterns = [
    path("", include(router.urls)),
    path("slashed/", include(slashed.urls)),
    path("admin/", admin.site.urls),
]
