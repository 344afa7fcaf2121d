"""Spans around a request, each class, and each call of the API; nothing without the package."""

import subprocess
import sys

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from stripe_integrations.testing import objects

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def exporter():
    """OpenTelemetry takes one provider for the life of a process."""
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    yield exporter
    exporter.shutdown()  # the provider would log that it is shut down


@pytest.fixture
def spans(exporter):
    """Return the finished spans, in the order of their beginnings."""
    exporter.clear()
    return lambda: sorted(exporter.get_finished_spans(), key=lambda each: each.start_time)


def test_request_class_and_read_are_spans(spans, poster, stripe_api, failing, settings):
    settings.STRIPE_INTEGRATIONS = {
        **settings.STRIPE_INTEGRATIONS,
        "SYNC_POLICY": {"*": "fetch"},
    }
    stripe_api.create("products", {"id": "prod_1"})
    message = objects.event("product.created", objects.product(), id="evt_1")
    assert poster.event(message) == 500
    request, *inner = spans()
    assert (request.name, request.status.is_ok) == ("stripe receive", False)
    assert request.attributes == {
        "stripe.event": "evt_1",
        "stripe.event_type": "product.created",
    }
    assert [each.name for each in inner] == ["stripe class", "stripe api", "stripe class"]
    mirrored, read, failed = inner
    assert mirrored.parent == failed.parent == request.context
    assert read.parent == mirrored.context
    assert read.attributes == {"stripe.method": "GET", "stripe.path": "/v1/products/prod_1"}
    assert mirrored.attributes["stripe.webhook"].endswith(".ProductCreatedWebhook")
    assert failed.attributes == {
        "stripe.event": "evt_1",
        "stripe.event_type": "product.created",
        "stripe.webhook": f"{failing.__module__}.{failing.__qualname__}",
    }
    assert (mirrored.status.is_ok, failed.status.is_ok) == (True, False)


def test_refused_request_is_a_span_without_an_event(spans, poster):
    assert poster.signed(b"{}", secret="whsec_of_somebody_else") == 400
    (request,) = spans()
    assert (request.name, dict(request.attributes)) == ("stripe receive", {})
    assert "whsec" not in str(request.to_json())


def test_without_the_package_functions_are_left_as_they_are():
    code = """
import sys
sys.modules["opentelemetry"] = None
from stripe_integrations import opentelemetry
assert opentelemetry.tracer is opentelemetry.current_span is None
assert opentelemetry.traced("a")(len) is len
with opentelemetry.span("a", event="evt_1"):
    pass
"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
