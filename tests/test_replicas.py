"""A project with read replicas: what decides is read from where it was written."""

import contextlib
import io

import pytest
from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from stripe_integrations import conf
from stripe_integrations.actions import StripeEndpoint
from stripe_integrations.models import WebhookEventTrigger
from stripe_integrations.testing import objects
from tests import conftest, endpoints
from tests.test_triggers import request_to

pytestmark = pytest.mark.django_db(transaction=True)

URL = "https://shop.example.com/stripe/webhook/9b2f9a3e-37ff-4d8e-a4ce-59c2d5f3f7a1"


class NoReplica:
    """A replica that Django lets no test reach: whoever asks it fails."""

    def db_for_read(self, model, **hints):
        return "replica"

    def db_for_write(self, model, **hints):
        return "default"


def event(id):
    return objects.body(objects.event("product.created", objects.product(), id=id))


@pytest.fixture
def replica(settings, monkeypatch):
    monkeypatch.setitem(connections.settings, "replica", connections.settings["default"])

    def begin():
        settings.DATABASE_ROUTERS = [NoReplica()]

    yield begin
    settings.DATABASE_ROUTERS = []
    with contextlib.suppress(AttributeError):  # where nobody asked for it
        del connections["replica"]


def test_read_from_the_replica_fails(replica):
    replica()
    with pytest.raises(AssertionError, match="'replica' are not allowed"):
        conf.model("Event").objects.first()


def test_requests_read_no_replica(poster, replica):
    row = endpoints.endpoint()
    replica()
    routes = {"/stripe/webhook": conftest.SECRET, endpoints.path(row): endpoints.SECRET}
    for poster.path, secret in routes.items():
        for id in ("evt_1", "evt_1", secret):
            assert poster.signed(event(id), secret) == 200
        assert poster.signed(event("evt_2"), "whsec_forged") == 400


def test_request_to_a_view_of_the_project_reads_no_replica(replica):
    row = endpoints.endpoint()
    replica()
    assert WebhookEventTrigger.from_request(request_to(), webhook_endpoint=row).processed


def test_endpoints_read_no_replica(stripe_api, replica):
    old = StripeEndpoint.create(URL)
    replica()
    StripeEndpoint.roll(old)
    conf.model("WebhookEndpoint").objects.using("default").update(retires_at=None)
    one = conf.model("WebhookEndpoint").objects.using("default").filter(pk=old.pk)
    one.update(retires_at=timezone.now())
    call_command("stripe_endpoint", "sync", stdout=io.StringIO())
    assert one.get().status == "disabled"


def test_pruning_reads_no_replica(poster, replica):
    assert poster.signed(event("evt_1"), conftest.SECRET) == 200
    replica()
    call_command("stripe_prune", "--older-than", "0m", stdout=io.StringIO())
    assert conf.model("Event").objects.using("default").get().is_pruned
