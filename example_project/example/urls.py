from django.contrib import admin
from django.urls import include, path
from rest_framework.routers import DefaultRouter

from stripe_integrations.viewsets import StripeWebhookViewSet

router = DefaultRouter(trailing_slash=False)
router.register("stripe/webhook", StripeWebhookViewSet, basename="stripe-webhook")

urlpatterns = [
    path("admin/", admin.site.urls),
    path("billing/", include("stripe_integrations.api.urls")),
    path("", include(router.urls)),
]
