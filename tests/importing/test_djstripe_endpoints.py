"""dj-stripe's endpoints go on working, at their URLs and with their secrets."""

import json
import uuid

import pytest
from django.urls import include, path, reverse

from stripe_integrations import conf
from stripe_integrations.testing import objects

UUID = uuid.UUID("6f1f2a53-5a3c-4c0a-9a50-7a7f0e6f3b11")

urlpatterns = [
    path("stripe/", include("stripe_integrations.djstripe_urls", namespace="djstripe")),
]


def endpoint():
    return conf.model("WebhookEndpoint").objects.get()


def secrets():
    found = conf.model("WebhookSecret").objects.order_by("name")
    return [(each.name, str.__str__(each.value)) for each in found]


def test_endpoint_is_imported_with_its_secret(tables, import_djstripe):
    tables.endpoint("we_1", UUID, data={"secret": "whsec_old", "api_version": "2022-11-15"})
    import_djstripe()
    row = endpoint()
    assert (row.uuid, row.tolerance, row.validation_method) == (UUID, 600, "verify_signature")
    assert (row.status, row.api_version, row.enabled_events) == ("enabled", "2022-11-15", ["*"])
    assert row.url.endswith(f"/stripe/webhook/{UUID}/")
    assert "secret" not in row.stripe_data
    assert secrets() == [("dj-stripe", "whsec_old")]


def test_endpoint_without_stripe_data_is_made_of_its_columns(tables, import_djstripe):
    tables.endpoint("we_1", UUID, stripe_data="{}")
    import_djstripe()
    assert endpoint().url.endswith(f"/stripe/webhook/{UUID}/")


def test_second_import_adds_no_secret(tables, import_djstripe):
    tables.endpoint("we_1", UUID)
    import_djstripe()
    assert "0 imported, 1 there already" in import_djstripe()
    assert secrets() == [("dj-stripe", "whsec_old")]


def test_endpoint_that_is_there_gets_the_secret_only(tables, import_djstripe):
    conf.model("WebhookEndpoint").objects.create(id="we_1", uuid=UUID, tolerance=120)
    tables.endpoint("we_1", UUID)
    import_djstripe()
    assert endpoint().tolerance == 120
    assert secrets() == [("dj-stripe", "whsec_old")]


def test_endpoint_without_a_secret_is_reported(tables, import_djstripe):
    tables.endpoint("we_1", UUID, secret="")
    assert "1 without a secret: its requests are refused" in import_djstripe()
    assert endpoint().uuid == UUID


def test_unknown_validation_method_verifies(tables, import_djstripe):
    tables.endpoint("we_1", UUID, djstripe_validation_method="believe")
    import_djstripe()
    assert endpoint().validation_method == "verify_signature"


@pytest.mark.urls(__name__)
@pytest.mark.parametrize("slash", ["/", ""])
class TestRoute:
    def test_old_url_takes_the_next_event(self, tables, import_djstripe, poster, slash):
        tables.endpoint("we_1", UUID)
        tables.add("product", objects.product())
        import_djstripe()
        poster.path = f"/stripe/webhook/{UUID}{slash}"
        body = json.dumps(objects.event("product.updated", objects.product(name="New"))).encode()
        assert poster.signed(body, "whsec_old") == 200
        assert conf.model("Product").objects.get().name == "New"
        assert conf.model("Event").objects.get().webhook_endpoint_id == "we_1"

    def test_unknown_uuid_is_refused(self, transactional_db, poster, slash):
        poster.path = f"/stripe/webhook/{uuid.uuid4()}{slash}"
        assert poster.signed(b"{}") == 400


@pytest.mark.urls(__name__)
def test_name_of_the_route_is_dj_stripes():
    found = reverse("djstripe:djstripe_webhook_by_uuid", kwargs={"uuid": UUID})
    assert found == f"/stripe/webhook/{UUID}/"
