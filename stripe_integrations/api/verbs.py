"""What an owner may have Stripe do."""

from __future__ import annotations

from typing import Any, ClassVar

from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import ParseError, PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from stripe_integrations.actions import (
    StripeCheckoutSession,
    StripeCustomer,
    StripeSetupIntent,
    StripeSubscription,
    idempotency,
)
from stripe_integrations.api.bodies import CancelBody, CheckoutBody, NoBody, PortalBody, SwapBody
from stripe_integrations.api.private import PrivateViewSet
from stripe_integrations.api.serializers import (
    CheckoutSessionSerializer,
    PortalSessionSerializer,
    SetupIntentSerializer,
)
from stripe_integrations.api.stripe_errors import StateConflict
from stripe_integrations.api.throttles import StripeThrottle
from stripe_integrations.local_users import is_nobody

#: Characters of a key that Stripe takes.
MAX_KEY = 255


class VerbViewSet(PrivateViewSet):
    """What the verbs have in common: whom they act for, and with which key."""

    def get_throttles(self) -> list[Any]:
        """Return the viewset's own throttles, and ours for what makes a call to Stripe."""
        ours = [StripeThrottle()] if self.request.method == "POST" else []
        return [*super().get_throttles(), *ours]

    def get_stripe_params(self, verb: str) -> dict[str, Any]:
        """Return parameters of Stripe's API that the project adds to those of a verb.

        `verb` is the name of the method that is called. They are never the client's to choose.
        """
        return {}

    def get_body(self) -> dict[str, Any]:
        """Return what the client has sent, validated."""
        try:
            data = self.request.data
        except RecursionError as error:  # DRF lets through what JSON that is nested deeply raises
            raise ParseError from error
        body = self.get_serializer(data=data)
        body.is_valid(raise_exception=True)
        sent: dict[str, Any] = body.validated_data
        return sent

    def get_payer(self) -> Any:
        """Return the owner, who is somebody."""
        owner = self.get_owner()
        if is_nobody(owner):
            raise PermissionDenied("There is no billing owner for this request.")
        return owner

    def call_options(self, verb: str) -> dict[str, Any]:
        """Return what a verb is called with besides the client's wishes."""
        key = self.get_idempotency_key(verb)
        return {**self.get_stripe_params(verb), **({"idempotency_key": key} if key else {})}

    def get_idempotency_key(self, verb: str) -> str | None:
        """Return a key made of the header `Idempotency-Key` and of the owner; None without one.

        So the key of one owner never meets the key of another.
        """
        sent = self.request.headers.get("Idempotency-Key")
        if sent is None:
            return None
        if not 0 < len(sent) <= MAX_KEY or not sent.isascii() or not sent.isprintable():
            raise ValidationError(
                {"Idempotency-Key": [f"Send 1 to {MAX_KEY} printable ASCII characters."]}
            )
        state = [str(self.get_payer().pk), self.kwargs.get(self.lookup_field)]
        return idempotency.key(verb, {"sent": sent}, None, state)


class CreationViewSet(VerbViewSet):
    """Something at Stripe that a POST makes."""

    #: The serializer of what is made.
    answer_class: ClassVar[type[Serializer[Any]]]

    def created(self, made: Any) -> Response:
        """Return the answer with what was made."""
        answer = self.answer_class(made, context=self.get_serializer_context())
        return Response(answer.data, status=status.HTTP_201_CREATED)


class CheckoutViewSet(CreationViewSet):
    """Checkouts at Stripe: prices of the catalogue, in the mode that they need."""

    serializer_class = CheckoutBody
    answer_class = CheckoutSessionSerializer

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Open a checkout, and return the URL to send the customer to.

        A user without a customer gets one. The same call returns the same checkout while that is
        open.
        """
        body = self.get_body()
        prices = [each[0] if isinstance(each, tuple) else each for each in body["line_items"]]
        session = StripeCheckoutSession.create(
            self.get_payer(),
            body["line_items"],
            "subscription" if any(each.type == "recurring" for each in prices) else "payment",
            body["success_url"],
            body.get("cancel_url"),
            **self.call_options("checkout"),
        )
        return self.created(session)


class PortalViewSet(CreationViewSet):
    """Sessions of Stripe's customer portal."""

    serializer_class = PortalBody
    answer_class = PortalSessionSerializer

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Open the portal, and return its URL: whoever has it acts as the customer."""
        body = self.get_body()
        customer = StripeCustomer.get(self.get_payer())
        if customer is None:
            raise StateConflict("There is no customer yet: check out first.", "no_customer")
        url = StripeCustomer.portal_url(
            customer, body.get("return_url"), **self.call_options("portal")
        )
        return self.created({"url": url})


class SetupIntentViewSet(CreationViewSet):
    """Setup intents, by which a form of Stripe.js saves a payment method."""

    serializer_class = NoBody
    answer_class = SetupIntentSerializer

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Begin to save a payment method; the form is given the `client_secret`.

        A user without a customer gets one.
        """
        self.get_body()
        customer = StripeCustomer.create(self.get_payer())
        intent = StripeSetupIntent.create(customer, **self.call_options("setup_intent"))
        return self.created(intent)


class SubscriptionVerbsMixin(VerbViewSet):
    """What one may do with a subscription of one's own; each verb returns it."""

    @action(detail=True, methods=["post"], serializer_class=CancelBody)
    def cancel(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Cancel a subscription at the end of the paid period, or at once."""
        subscription, body = self.get_object(), self.get_body()
        StripeSubscription.cancel(
            subscription, body["at_period_end"], **self.call_options("cancel")
        )
        return self.changed(subscription)

    @action(detail=True, methods=["post"], serializer_class=NoBody)
    def resume(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Undo a cancellation to come, or let a paused subscription go on."""
        subscription = self.get_object()
        self.get_body()
        StripeSubscription.resume(subscription, **self.call_options("resume"))
        return self.changed(subscription)

    @action(detail=True, methods=["post"], serializer_class=SwapBody)
    def swap(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Let a subscription be to these prices and no others.

        A price that takes the place of another one takes its quantity, too.
        """
        subscription, body = self.get_object(), self.get_body()
        StripeSubscription.swap(subscription, body["items"], **self.call_options("swap"))
        return self.changed(subscription)

    def changed(self, subscription: Any) -> Response:
        """Return a subscription as it is stored now."""
        row = self.get_queryset().get(pk=subscription.pk)
        # The instance's own is that of the verb's body.
        serializer: Any = type(self).serializer_class
        return Response(serializer(row, context=self.get_serializer_context()).data)
