"""The suite's routes, of a project whose own 404 is JSON, too."""

from django.http import JsonResponse

from tests.urls import urlpatterns

__all__ = ["handler404", "urlpatterns"]


def handler404(request, exception):
    return JsonResponse({"detail": "Not found."}, status=404)
