"""What Stripe posts to: `…/stripe/webhook`, and `…/stripe/webhook/<uuid>` of an endpoint.

::

    router = DefaultRouter(trailing_slash=False)
    router.register("stripe/webhook", StripeWebhookViewSet, basename="stripe-webhook")
"""

from __future__ import annotations

import logging
from typing import Any

from rest_framework import exceptions, permissions, viewsets
from rest_framework.decorators import action
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from stripe_integrations import transactions
from stripe_integrations.actions import triggers
from stripe_integrations.exceptions import StripeIntegrationsError, WebhookRefused

logger = logging.getLogger("stripe_integrations")


class IgnoreAccept(BaseContentNegotiation):  # type: ignore[misc, unused-ignore]
    """Answer JSON whatever the client says that it accepts."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0] if parsers else None

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class StripeWebhookViewSet(viewsets.ViewSet):
    """Take Stripe's webhook requests: signed ones are stored and processed.

    The project's own REST_FRAMEWORK settings do not reach it: a throttle or a versioning scheme
    made for the project's clients would lose events.
    """

    authentication_classes = ()
    permission_classes = (permissions.AllowAny,)
    throttle_classes = ()
    versioning_class = None
    metadata_class = None
    parser_classes = ()
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = IgnoreAccept
    schema = None

    @classmethod
    def as_view(cls, actions: Any = None, **initkwargs: Any) -> Any:
        # The event's state must outlive what is rolled back, under ATOMIC_REQUESTS too.
        return transactions.non_atomic(super().as_view(actions, **initkwargs))

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer 200 once the event is stored and its classes are done."""
        triggers.receive(request._request)
        return Response({"received": True})

    # Not a detail route: a router gives that no POST.
    @action(detail=False, methods=["post"], url_path=r"(?P<uuid>[^/.]+)", url_name="endpoint")
    def endpoint(self, request: Request, uuid: str, *args: Any, **kwargs: Any) -> Response:
        """The same, for an endpoint with a URL and secrets of its own."""
        triggers.receive(request._request, uuid)
        return Response({"received": True})

    def perform_authentication(self, request: Request) -> None:
        """Leave `request.user` alone: nobody asks, and the project's settings may refuse it."""

    def handle_exception(self, exc: Exception) -> Response:
        """Answer with the error's own status, and say no more than that; the log has the reason."""
        if not isinstance(exc, exceptions.APIException):
            raise exc
        if isinstance(exc, StripeIntegrationsError) and not isinstance(exc, WebhookRefused):
            logger.warning("Webhook answered %s: %s", exc.status_code, exc.detail)
        response = Response({"received": False}, status=exc.status_code)
        response.exception = True
        return response
