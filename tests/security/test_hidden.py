"""A secret that is stored is not to be seen again: in no dump, repr, log, error or column."""

import io
import json
import logging
import pickle
import pprint
import sys
import traceback

import pytest
from django.core.management import call_command
from django.core.serializers import serialize
from django.db import IntegrityError
from django.forms import model_to_dict
from django.views.debug import ExceptionReporter

from stripe_integrations import client, conf
from stripe_integrations.actions import StripeEndpoint
from stripe_integrations.inbox import authentication
from stripe_integrations.inbox.signatures import Secret
from stripe_integrations.testing import objects
from tests import endpoints

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "whsec_never_to_be_seen"


@pytest.fixture
def stored():
    return endpoints.endpoint(secret=SECRET)


def test_dump_contains_no_secret(stored):
    out = io.StringIO()
    call_command("dumpdata", "stripe_integrations", stdout=out)
    assert "first" in out.getvalue()  # the secret's name
    assert SECRET not in out.getvalue()
    for format in ("json", "xml", "jsonl"):
        assert SECRET not in serialize(format, stored.secrets.all())


def test_loaded_dump_has_none(stored, tmp_path):
    path = tmp_path / "dump.json"
    call_command("dumpdata", "stripe_integrations", output=str(path), verbosity=0)
    stored.delete()
    call_command("loaddata", str(path), verbosity=0)
    secret = conf.model("WebhookSecret").objects.get()
    assert (secret.name, secret.value) == ("first", "")


def test_repr_contains_no_secret(stored):
    row = stored.secrets.get()
    (found,) = authentication.of_endpoint(stored)[1]
    shown = [row, row.value, row.__dict__, found, [found], stored, stored.__dict__]
    assert found.value == SECRET
    for each in shown:
        assert SECRET not in repr(each)
        assert SECRET not in pprint.pformat(each)
    assert SECRET not in str(row)
    assert SECRET not in str(found)


def test_repr_of_the_settings_contains_no_secret(settings):
    settings.STRIPE_INTEGRATIONS = {"WEBHOOK_SECRET": [SECRET]}
    assert SECRET not in repr(authentication.of_settings())


def test_error_page_contains_no_secret(stored):
    """Django's page for errors shows the values of all variables."""

    def fail(row, found):
        secret, secrets = found, [row.value]
        raise RuntimeError(f"with {secret} and {secrets}")

    try:
        fail(stored.secrets.get(), Secret("x", SECRET, 300))
    except RuntimeError:
        reporter = ExceptionReporter(None, *sys.exc_info())
        pages = [reporter.get_traceback_text(), reporter.get_traceback_html()]
        pages.append(traceback.format_exc())
    assert "RuntimeError" in pages[0]
    for page in pages:
        assert SECRET not in page


def test_integrity_error_contains_no_secret(stored):
    with pytest.raises(IntegrityError) as caught:
        stored.secrets.create(name="first", value=SECRET)
    assert SECRET not in str(caught.value)


def test_what_is_read_from_stripe(stripe_api, caplog):
    caplog.set_level(logging.DEBUG)  # then the SDK logs the answers that it is given
    row = StripeEndpoint.create("https://shop.example.com/stripe/webhook/x")
    secret = str(row.secrets.get().value)
    assert secret.startswith("whsec_of_")
    everything = [
        json.dumps(row.stripe_data),
        str(row.__dict__),
        str(model_to_dict(row)),
        caplog.text,
    ]
    assert not [each for each in everything if secret in each]
    assert "body={} message='API response body'" in caplog.text


def test_what_a_project_reads_with_the_client(stripe_api, caplog):
    caplog.set_level(logging.DEBUG)
    asked = {"url": "https://shop.example.com/stripe/webhook/x", "enabled_events": ["*"]}
    secret = client.get().v1.webhook_endpoints.create(asked).secret
    assert secret.startswith("whsec_of_")
    assert secret not in caplog.text
    assert "whsec_…" in caplog.text


def test_hidden_text_is_a_text(stored):
    """It signs, compares and travels as any other."""
    value = stored.secrets.get().value
    assert value == SECRET
    assert f"{value}" == SECRET
    assert pickle.loads(pickle.dumps(value)) == SECRET
    stored.secrets.get().save()
    assert stored.secrets.get().value == SECRET


def test_refusals_do_not_tell_it(stored, poster, caplog):
    poster.path = endpoints.path(stored)
    body = objects.body(objects.event("product.created", objects.product()))
    for timestamp in (None, 1, 9_999_999_999):
        for secret in (SECRET, "whsec_forged"):
            poster.signed(body, secret, timestamp)
    assert endpoints.triggers().count() == 6
    assert SECRET not in str([row.__dict__ for row in endpoints.triggers()])
    assert SECRET not in caplog.text
