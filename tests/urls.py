from django.contrib import admin
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from stripe_integrations.event_bus import StripeEventBusViewSet
from stripe_integrations.viewsets import StripeWebhookViewSet

router = DefaultRouter(trailing_slash=False)
router.register("stripe/webhook", StripeWebhookViewSet, basename="stripe-webhook")
router.register("stripe/bus", StripeEventBusViewSet, basename="stripe-bus")

slashed = DefaultRouter()
slashed.register("stripe/webhook", StripeWebhookViewSet, basename="stripe-webhook-slashed")
slashed.register("stripe/bus", StripeEventBusViewSet, basename="stripe-bus-slashed")

urlpatterns = [
    path("", include(router.urls)),
    path("slashed/", include(slashed.urls)),
    path("slashed/stripe/webhook", StripeWebhookViewSet.as_view({"post": "create"})),
    path("billing/", include("stripe_integrations.api.urls")),
    path("admin/", admin.site.urls),
]
