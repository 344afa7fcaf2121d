# The registration of seed 003, as printed, and the patterns that a project has beside it.
# ruff: noqa: I001
from rest_framework.routers import DefaultRouter

from payments.apis import StripeWebhookViewSet

default_router = DefaultRouter(trailing_slash=False)
default_router.register("stripe/webhook", StripeWebhookViewSet, basename="stripe-webhook")

urlpatterns = default_router.urls
