"""What Stripe posts to: `…/stripe/webhook`, and `…/stripe/webhook/<uuid>` of an endpoint.

::

    router = DefaultRouter(trailing_slash=False)
    router.register("stripe/webhook", StripeWebhookViewSet, basename="stripe-webhook")

With a slash at its end, each works as well. On a router whose routes end in a slash, the first one
works with it only; a system check says so.
"""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from rest_framework import exceptions, permissions, viewsets
from rest_framework.decorators import action
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from stripe_integrations import transactions
from stripe_integrations.exceptions import StripeIntegrationsError, WebhookRefused
from stripe_integrations.inbox import receive

logger = logging.getLogger("stripe_integrations")

#: Rendered once: there is nothing to negotiate.
RECEIVED = b'{"received":true}'


class IgnoreAccept(BaseContentNegotiation):  # type: ignore[misc, unused-ignore]
    """Answer JSON whatever the client says that it accepts."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0] if parsers else None

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class UnreachedViewSet(viewsets.ViewSet):
    """A viewset that the project's own REST_FRAMEWORK settings do not reach.

    A throttle or a versioning scheme made for the project's clients would lose events.
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


class StripeWebhookViewSet(UnreachedViewSet):
    """Take Stripe's webhook requests: signed ones are stored and processed."""

    lookup_url_kwarg = "uuid"

    @classmethod
    def as_view(cls, actions: Any = None, **initkwargs: Any) -> Any:
        if actions == {"get": "retrieve"}:  # a router gives its detail route no POST
            actions = {"post": "endpoint"}
        return super().as_view(actions, **initkwargs)

    def create(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer 200 once the event is stored and its classes are done."""
        receive.receive(request._request)
        return HttpResponse(RECEIVED, content_type="application/json")

    def endpoint(self, request: Request, uuid: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """The same, for an endpoint with a URL and secrets of its own."""
        receive.receive(request._request, uuid)
        return HttpResponse(RECEIVED, content_type="application/json")

    #: The name by which a router knows that there is a detail route.
    retrieve = endpoint

    # Stripe follows no redirect to a slash. What precedes `|` is a whole route of its own, and what
    # the router appends to the rest, `(?!)`, never matches.

    @action(detail=False, methods=["post"], url_path="|(?!)", url_name="slash")
    def create_with_slash(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """`create`, also on a router whose routes end without a slash."""
        return self.create(request, *args, **kwargs)

    @action(detail=True, methods=["post"], url_path="?$|(?!)", url_name="any-slash")
    def endpoint_with_any_slash(
        self, request: Request, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        """`endpoint`, with a slash or without one on any router of regular expressions."""
        return self.endpoint(request, *args, **kwargs)
