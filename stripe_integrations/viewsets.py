"""The endpoint that Stripe posts to.

::

    router = DefaultRouter(trailing_slash=False)
    router.register("stripe/webhook", StripeWebhookViewSet, basename="stripe-webhook")
"""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from django.http.request import RawPostDataException, UnreadablePostError
from rest_framework import exceptions, permissions, viewsets
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from stripe_integrations import conf, payloads, signatures, transactions
from stripe_integrations.actions import StripeWebhook
from stripe_integrations.exceptions import BodyTooLarge, PayloadRefused, StripeIntegrationsError

logger = logging.getLogger("stripe_integrations")

#: Digits of a length that is no length; int() refuses thousands of them.
MAX_DIGITS = 18


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
        body = payloads.decode(_read(request._request))
        signatures.verify(
            body,
            request.META.get("HTTP_STRIPE_SIGNATURE"),
            conf.webhook_secrets(),
            conf.get("WEBHOOK_TOLERANCE"),
        )
        StripeWebhook.receive(payloads.parse(body), body)
        return Response({"received": True})

    def perform_authentication(self, request: Request) -> None:
        """Leave `request.user` alone: nobody asks, and the project's settings may refuse it."""

    def handle_exception(self, exc: Exception) -> Response:
        """Answer with the error's own status, and say no more than that; the log has the reason."""
        if not isinstance(exc, exceptions.APIException):
            raise exc
        if isinstance(exc, StripeIntegrationsError):
            logger.warning("Webhook answered %s: %s", exc.status_code, exc.detail)
        response = Response({"received": False}, status=exc.status_code)
        response.exception = True
        return response


def _read(request: HttpRequest) -> bytes:
    limit = conf.get("MAX_BODY")
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and (len(length) > MAX_DIGITS or int(length) > limit):
        raise BodyTooLarge(f"The body is longer than MAX_BODY ({limit} bytes).")
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise BodyTooLarge("The body is longer than DATA_UPLOAD_MAX_MEMORY_SIZE.") from error
    except (UnreadablePostError, RawPostDataException) as error:
        raise PayloadRefused("The body could not be read.") from error
    if len(body) > limit:
        raise BodyTooLarge(f"The body is longer than MAX_BODY ({limit} bytes).")
    return body
