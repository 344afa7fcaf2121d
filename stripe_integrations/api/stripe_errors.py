"""Errors of Stripe's API as DRF's, with a message and a code that the client may see."""

from __future__ import annotations

import logging
from typing import Any

import stripe
from rest_framework.exceptions import APIException

logger = logging.getLogger("stripe_integrations")


class StripeApiException(APIException):
    """Base: the body is `{"detail": …, "code": …}`."""

    status_code = 400

    def __init__(self, detail: str | None = None, code: str | None = None) -> None:
        code = code or self.default_code
        super().__init__({"detail": detail or self.default_detail, "code": code}, code)


class PaymentFailed(StripeApiException):
    """A payment did not succeed, mostly since a card was declined."""

    status_code = 402
    default_detail = "The payment failed."
    default_code = "payment_failed"


class RequestRefused(StripeApiException):
    """Stripe does not do what was asked for."""

    default_detail = "Stripe has refused the request."
    default_code = "refused_by_stripe"


class StateConflict(StripeApiException):
    """What was asked for does not fit what is there."""

    status_code = 409
    default_code = "conflict"


class StripeUnavailable(StripeApiException):
    """Stripe does not answer, or does not let us act."""

    status_code = 503
    default_detail = "Stripe does not answer: try again later."
    default_code = "stripe_unavailable"
    #: Seconds, for the header Retry-After.
    wait = 10


def as_api_exception(error: stripe.StripeError) -> StripeApiException:
    """Return what answers an error of Stripe's API.

    Messages that are about the project and not about the request, such as those of a wrong key,
    stay in the log.
    """
    message: Any = error.user_message
    if isinstance(error, stripe.CardError):
        return PaymentFailed(message, error.code)
    if isinstance(error, stripe.IdempotencyError):
        return StateConflict(message, error.code or "idempotency_error")
    if isinstance(error, stripe.InvalidRequestError):
        return RequestRefused(message, error.code)
    logger.error(
        "Stripe's API failed: %s %s, request %s",
        type(error).__name__,
        error.code or error.http_status or "",
        error.request_id,
    )
    return StripeUnavailable()
