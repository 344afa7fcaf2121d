"""A way into the project: the plain route with the settings' secret, or an endpoint's own."""

import contextlib
from dataclasses import dataclass

import pytest
from django.db import connection

from stripe_integrations import conf
from stripe_integrations.testing import objects, sign
from tests import conftest, endpoints

BODY = objects.body(objects.event("product.created", objects.product(), id="evt_1"))


@dataclass
class Route:
    path: str
    secret: str
    poster: object
    #: The row of the endpoint, None for the settings' secret.
    row: object = None

    def send(self, body=BODY, headers=None, **kwargs):
        """Return the status of a request."""
        status, answer = self.poster.send(body, headers, path=self.path, **kwargs)
        if status in (200, 400, 413):  # others are the server's own
            assert answer == (b'{"received":true}' if status == 200 else b'{"received":false}')
        return status

    def signed(self, body=BODY, secret=None, timestamp=None, **headers):
        """Return the status of a request with a signature."""
        signature = sign(body, secret or self.secret, timestamp)
        return self.send(body, {"Content-Type": "application/json", **signature, **headers})


@pytest.fixture(params=["settings", "endpoint"])
def route(request, poster):
    if request.param == "settings":
        return Route("/stripe/webhook", conftest.SECRET, poster)
    row = endpoints.endpoint()
    return Route(endpoints.path(row), endpoints.SECRET, poster, row)


@pytest.fixture
def endpoint_route(poster):
    row = endpoints.endpoint()
    return Route(endpoints.path(row), endpoints.SECRET, poster, row)


def nothing_changed():
    mirrors = [name for name in conf.SWAPPABLE if conf.model(name).objects.exists()]
    return mirrors == []


def reasons():
    """Return the reason of each request that was kept, oldest first."""
    return list(endpoints.triggers().order_by("pk").values_list("reason", flat=True))


def counted():
    """Return how many requests were refused, by endpoint and reason."""
    rows = conf.model("RefusedCount").objects.values_list("endpoint", "reason", "count")
    return {(endpoint, reason): count for endpoint, reason, count in rows}


@contextlib.contextmanager
def without_table(name):
    """Take a table away, and put it back empty."""
    with connection.schema_editor() as editor:
        editor.delete_model(conf.model(name))
    try:
        yield
    finally:
        with connection.schema_editor() as editor:
            editor.create_model(conf.model(name))
