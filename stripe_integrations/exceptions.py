"""What can go wrong, each with the HTTP status that answers it.

::

    StripeIntegrationsError (500)
    ├── WebhookRefused (400)
    │   ├── SignatureRefused      the request is not proven to come from Stripe
    │   ├── KeyRefused (401)      the request is not proven to come from the project's event bus
    │   ├── EndpointRefused       it came to an endpoint that takes no such request
    │   ├── PayloadRefused        proven, but not an event that can be stored
    │   ├── PayloadNotConfirmed   not signed, and the API does not confirm it
    │   └── BodyTooLarge (413)
    └── WebhookFailed (500)       a webhook class raised; Stripe is to send the event again

All are `rest_framework.exceptions.APIException`, so a view of the user's own answers with the
right status without catching anything. Errors of the Stripe API itself are `stripe.StripeError`,
passed on as they are.
"""

from __future__ import annotations

from rest_framework.exceptions import APIException

from stripe_integrations.choices import RefusalReason


class StripeIntegrationsError(APIException):
    """Base of all errors of this package."""

    status_code = 500
    default_code = RefusalReason.ERROR.value


class WebhookRefused(StripeIntegrationsError):
    """The request is refused: its event is neither stored nor processed.

    The request itself may be recorded.
    """

    status_code = 400
    default_code = "refused"


class SignatureRefused(WebhookRefused):
    """The request is not proven to come from Stripe; `code` says why, for the log."""

    default_code = "signature"


class KeyRefused(WebhookRefused):
    """The request does not have the key of the project's event bus; `code` says why, for the log.

    EventBridge sends an event again after a 401, and not after a 400.
    """

    status_code = 401
    default_code = RefusalReason.NO_MATCH.value


class EndpointRefused(WebhookRefused):
    """The endpoint does not exist, is disabled, or is for other events; `code` says which."""

    default_code = RefusalReason.UNKNOWN_ENDPOINT.value


class PayloadRefused(WebhookRefused):
    """The body is not an event that the database can hold."""

    default_code = RefusalReason.PAYLOAD.value


class PayloadNotConfirmed(WebhookRefused):
    """An unsigned payload that Stripe's API does not confirm."""

    default_code = RefusalReason.NOT_CONFIRMED.value


class BodyTooLarge(WebhookRefused):
    """The body is longer than `MAX_BODY`."""

    status_code = 413
    default_code = RefusalReason.TOO_LARGE.value


class WebhookFailed(StripeIntegrationsError):
    """At least one webhook class raised; the event is kept and a retry runs what is not done."""

    default_code = "failed"
