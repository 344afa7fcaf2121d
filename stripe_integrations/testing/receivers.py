"""What takes signed events: a client of the project under test, and a URL."""

from __future__ import annotations

import http.client
from contextlib import closing
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils.module_loading import import_string

from stripe_integrations import conf
from stripe_integrations.testing import objects
from stripe_integrations.testing.signing import sign

Data = dict[str, Any]

#: Seconds that a server may take to answer; Stripe waits about as long.
PATIENCE = 30


class Answered(Protocol):
    """An answer to an event."""

    @property
    def status_code(self) -> int: ...


class Receiver(Protocol):
    """What events can be delivered to."""

    def send(self, event: Data) -> Answered: ...


class StripeWebhookClient(Client):
    """Django's test client, which can also post signed events as Stripe does.

    The path is that of the project's route, and the secret the first of `WEBHOOK_SECRET`, unless
    others are passed, such as those of an endpoint.
    """

    def __init__(self, path: str | None = None, secret: str | None = None, **defaults: Any) -> None:
        super().__init__(**defaults)
        self.path = path
        self.secret = secret

    def event(self, kind: str, data: Data | None = None, **values: Any) -> Any:
        """Post an event around an object, by default one of its kind; return the response.

        `values` are those of `objects.event`.
        """
        return self.send(objects.event(kind, data, **values))

    def send(self, event: Data, *, timestamp: int | None = None) -> Any:
        """Post an event, signed now or at a time in Unix seconds; return the response."""
        body = objects.body(event)
        headers = sign(body, self.secret or _secret(), timestamp)
        return self.post(
            self.path or _path(), body, content_type="application/json", headers=headers
        )


class ReceivedAnswer(NamedTuple):
    """What a server answered to an event."""

    status_code: int
    content: bytes


class WebhookURL:
    """A URL to which events are posted, signed with its secret, as Stripe does."""

    def __init__(self, url: str, secret: str) -> None:
        parts = urlsplit(url)
        self.address = parts.netloc
        self.path = parts.path or "/"
        self.connects = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}[
            parts.scheme
        ]
        self.secret = secret

    def send(self, event: Data) -> ReceivedAnswer:
        """Post an event. Raises OSError or http.client.HTTPException where nothing answers."""
        body = objects.body(event)
        headers = {"Content-Type": "application/json", **sign(body, self.secret)}
        with closing(self.connects(self.address, timeout=PATIENCE)) as connection:
            connection.request("POST", self.path, body, headers)
            response = connection.getresponse()
            return ReceivedAnswer(response.status, response.read())


def _path() -> str:
    """Return the path of the route without an endpoint's uuid.

    What knows the routes is named, since Django REST Framework cannot be imported without settings,
    and this module can.
    """
    path_of = import_string("stripe_integrations.routes.path_of")
    for route in import_string("stripe_integrations.routes.routes")():
        path: str | None = path_of(route) if route.action == "create" else None
        if path:
            return path
    raise ImproperlyConfigured(
        "No route leads to StripeWebhookViewSet: register it on a router, and include that in "
        "urls.py, or pass a path to StripeWebhookClient."
    )


def _secret() -> str:
    secrets = conf.webhook_secrets()
    if not secrets:
        raise ImproperlyConfigured(
            "No secret signs the events of this test: set WEBHOOK_SECRET of STRIPE_INTEGRATIONS, "
            'such as to "whsec_test", or pass one to StripeWebhookClient.'
        )
    return secrets[0]
