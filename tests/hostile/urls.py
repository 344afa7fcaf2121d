"""The routes of the hostile project."""

from django.http import HttpResponse
from django.urls import include, path
from rest_framework.routers import DefaultRouter
from rest_framework.views import APIView

from stripe_integrations.viewsets import StripeWebhookViewSet
from tests.urls import urlpatterns as webhook_urls


class Ordinary(APIView):
    """A view of the project's own, to show that the settings are in force."""

    def get(self, request):
        raise ValueError


def plain(request):
    """Answer anybody whom the middleware lets through."""
    return HttpResponse("plain")


class Nested(StripeWebhookViewSet):
    """A subclass of a project's own."""


router = DefaultRouter()
router.register("mine", Nested, basename="mine")

urlpatterns = [
    *webhook_urls,
    path("ordinary", Ordinary.as_view()),
    path("plain", plain),
    path("", include(router.urls)),
]
