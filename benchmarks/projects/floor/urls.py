from django.urls import path

from benchmarks.projects.floor.views import WebhookView

urlpatterns = [path("stripe/webhook", WebhookView.as_view())]
