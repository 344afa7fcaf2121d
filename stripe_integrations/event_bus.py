"""What an event bus posts to: an API destination of Amazon EventBridge, or Azure Event Grid.

::

    router = DefaultRouter(trailing_slash=False)
    router.register("stripe/bus", StripeEventBusViewSet, basename="stripe-bus")
"""

from __future__ import annotations

import re
from typing import Any

from django.http import HttpRequest
from rest_framework import exceptions
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from stripe_integrations import conf
from stripe_integrations.actions import StripeWebhook
from stripe_integrations.exceptions import PayloadRefused, WebhookFailed, WebhookRefused
from stripe_integrations.inbox import audit, bus_authentication, envelopes, payloads, receive
from stripe_integrations.viewsets import UnreachedViewSet

#: By what name refused requests are counted and logged.
COUNTED_AS = "event_bus"
#: A name of the domain name system, which Event Grid calls its origin.
ORIGIN = re.compile(r"[A-Za-z0-9.-]{1,253}", re.ASCII)


class StripeEventBusViewSet(UnreachedViewSet):
    """Take the envelopes that an event bus posts with a key of `EVENT_BUS_KEY`.

    Their events are stored and processed as those of the webhook are.
    """

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Answer 200 once every event of the request is stored and its classes are done.

        One that is refused keeps no other from being taken: the answer is then 400.
        """
        plain = request._request
        is_handshake = plain.headers.get("aeg-event-type") == "SubscriptionValidation"
        try:
            bus_authentication.check_key(plain, may_lack=is_handshake)
            given = _read(plain)
            if is_handshake:
                return Response({"validationResponse": envelopes.validation_code(given)})
        except WebhookRefused as refusal:
            _note(plain, refusal)
            raise
        errors = [error for error in (_take(plain, each) for each in given) if error]
        if errors:
            # One that is to be sent again decides for all: those that are done take no effect.
            raise max(errors, key=lambda error: error.status_code)
        return Response({"received": True})

    @action(detail=False, methods=["post"], url_path="|(?!)", url_name="slash")
    def create_with_slash(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """`create`, also on a router whose routes end without a slash; see `viewsets`."""
        return self.create(request, *args, **kwargs)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Let Event Grid send CloudEvents here.

        It asks without a key, and its events need one. Follows
        https://learn.microsoft.com/azure/event-grid/end-point-validation-cloud-events-schema.
        """
        plain = request._request
        origin = plain.headers.get("WebHook-Request-Origin")
        if origin is None:
            raise exceptions.MethodNotAllowed("OPTIONS")
        try:
            bus_authentication.check_key(plain, may_lack=True)
            if not ORIGIN.fullmatch(origin):
                raise PayloadRefused("The WebHook-Request-Origin is no domain name.")
        except WebhookRefused as refusal:
            _note(plain, refusal)
            raise
        return Response(headers={"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": "*"})

    def handle_exception(self, exc: Exception) -> Response:
        """The same as the webhook; HTTP wants a 401 to say what it asks for."""
        response = super().handle_exception(exc)
        if response.status_code == exceptions.AuthenticationFailed.status_code:
            response["WWW-Authenticate"] = "Bearer"
        return response


def _read(request: HttpRequest) -> list[Any]:
    """Return the envelopes in a request; Event Grid sends a list of them."""
    body = payloads.load(payloads.decode(payloads.read_body(request, conf.get("MAX_BODY"))))
    found = body if isinstance(body, list) else [body]
    if not found:
        raise PayloadRefused("There is no envelope in the request.")
    return found


def _take(request: HttpRequest, envelope: Any) -> WebhookRefused | WebhookFailed | None:
    """Take one envelope, and return why it was refused, or has to be sent again."""
    try:
        StripeWebhook.process_webhook(envelopes.event_in(envelope), verified=True)
    except WebhookRefused as refusal:
        _note(request, refusal)
        return refusal
    except WebhookFailed as failure:
        return failure
    return None


def _note(request: HttpRequest, refusal: WebhookRefused) -> None:
    """Log and count a refusal, as the webhook's are."""
    audit.keep_refusal(receive.unsaved_trigger(request), refusal, COUNTED_AS)
