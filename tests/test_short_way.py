"""The common path is short: one `product.updated`, from the request to the answer."""

import sys
from collections import Counter
from pathlib import Path

import pytest
from django.test import RequestFactory
from django.urls import resolve

import stripe_integrations
from stripe_integrations import conf
from stripe_integrations.testing import objects, sign
from tests.conftest import SECRET

PACKAGE = str(Path(stripe_integrations.__file__).parent)


class Trace:
    """The calls of our functions, in their order."""

    def __init__(self):
        self.files = []
        self.calls = Counter()

    def __call__(self, frame, event, _argument):
        name = frame.f_code.co_filename
        if event == "call" and name.startswith(PACKAGE):
            file = name.removeprefix(PACKAGE)
            self.files.append(file)
            self.calls[f"{file}:{frame.f_code.co_name}"] += 1

    @property
    def changes(self):
        """How often a call is of another file than the call before it."""
        return sum(here != before for here, before in zip(self.files[1:], self.files, strict=False))


def signed(message):
    """Return the request that carries an event."""
    body = objects.body(message)
    headers = sign(body, SECRET)
    return RequestFactory().post(
        "/stripe/webhook", body, content_type="application/json", headers=headers
    )


def answer(request):
    match = resolve("/stripe/webhook")
    return match.func(request, *match.args, **match.kwargs)


@pytest.fixture
def trace(transactional_db, settings):
    """Trace one update of a product that is there, once all that is remembered is."""
    settings.STRIPE_INTEGRATIONS = {**settings.STRIPE_INTEGRATIONS, "RECORD_TRIGGERS": "refused"}
    for number, verb in enumerate(("created", "updated")):
        message = objects.event(
            f"product.{verb}", objects.product(), created=objects.NOW - 200 + 50 * number
        )
        assert answer(signed(message)).status_code == 200
    update = signed(
        objects.event(
            "product.updated",
            objects.product(name="New"),
            created=objects.NOW - 50,
            previous={"name": "Gold"},
        )
    )
    found = Trace()
    sys.setprofile(found)
    try:
        response = answer(update)
    finally:
        sys.setprofile(None)
    assert response.status_code == 200
    assert conf.model("Product").objects.get().name == "New"
    return found


def test_update_of_a_product_takes_the_short_way(trace, summary):
    modules = set(trace.files)
    calls = sum(trace.calls.values())
    summary(f"{len(modules)} modules, {trace.changes} changes of file, {calls} calls of ours")
    assert len(modules) <= 15, sorted(modules)
    assert trace.changes <= 40, trace.files
    assert calls <= 180, trace.calls.most_common()
