"""Post to the hostile project as Stripe does, and print what came of it, as JSON.

Run as `HOSTILE=<way> python -W error -m tests.hostile.story`.
"""
# ruff: noqa: E402 - the settings come first

import json
import logging
import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.hostile.settings"

import django

django.setup()

from django.contrib.auth import get_user_model
from django.db import connections
from django.test import Client
from django.test.utils import setup_test_environment

from stripe_integrations import conf
from stripe_integrations.testing import objects, sign
from stripe_integrations.webhooks import BaseWebhook

client = Client(enforce_csrf_checks=True, raise_request_exception=False)


class Fails(BaseWebhook):
    """Raises for the events of coupons, after having written."""

    name = "coupon"

    def process_webhook(self):
        get_user_model().objects.using("default").create(username="half-done")
        raise RuntimeError("the class is told to fail")


def post(message, path="/stripe/webhook", secret="whsec_test", **headers):
    body = objects.body(message)
    signature = sign(body, secret)
    response = client.post(
        path, body, content_type="application/json", headers={**signature, **headers}
    )
    return [response.status_code, response.headers["Content-Type"], response.content.decode()]


def post_to_bus(message, path="/stripe/bus", key="k" * 40):
    response = client.post(
        path,
        objects.body({"specversion": "1.0", "data": message}),
        content_type="application/json",
        headers={"X-Stripe-Integrations-Key": key, "Accept": "application/xml; version=9.9"},
    )
    return [response.status_code, response.headers["Content-Type"], response.content.decode()]


def rows(name):
    return conf.model(name).objects.using("default")


def story():
    user = get_user_model().objects.using("default").create(username="ada")
    product = objects.product(created=1_735_689_600)
    yield (
        "good",
        [
            post(objects.event("product.created", product, created=1_735_689_600), path)
            for path in ("/stripe/webhook", "/slashed/stripe/webhook/", "/mine/")
            for _ in range(2)
        ],
    )
    yield (
        "accept",
        post(
            objects.event("product.updated", objects.product(name="Lead")),
            Accept="application/xml; version=9.9",
        ),
    )
    yield (
        "forged",
        [
            post(
                objects.event("product.created", objects.product("forged")), path, secret="whsec_no"
            )
            for path in ("/stripe/webhook", "/slashed/stripe/webhook/")
        ],
    )
    yield (
        "get",
        [client.get(path).status_code for path in ("/stripe/webhook", "/slashed/stripe/webhook/")],
    )
    yield "options", client.options("/stripe/webhook").status_code
    yield (
        "bus",
        [
            post_to_bus(objects.event("price.created", objects.price()), path)
            for path in ("/stripe/bus", "/slashed/stripe/bus/")
            for _ in range(2)
        ],
    )
    yield "bus without the key", post_to_bus(objects.event("price.created", {}), key="no")
    asked = client.options("/stripe/bus", headers={"WebHook-Request-Origin": "bus.example"})
    yield "bus asked", [asked.status_code, asked.headers["WebHook-Allowed-Origin"]]
    yield "prices", [rows("Price").count(), rows("Event").filter(kind="price.created").count()]
    yield "failing", post(objects.event("coupon.created", objects.coupon(), id="evt_failing"))
    yield "retried", post(objects.event("coupon.created", objects.coupon(), id="evt_failing"))
    event = rows("Event").get(pk="evt_failing")
    yield "failed event", [event.status, "the class is told to fail" in event.traceback]
    yield (
        "half done",
        get_user_model().objects.using("default").filter(username="half-done").count(),
    )
    yield "coupons", rows("Coupon").count()
    again = objects.event("coupon.created", objects.coupon(), id="evt_failing")
    yield "bus failing", post_to_bus(again)
    customer = objects.customer(metadata={"user_id": str(user.pk)})
    yield "customer", post(objects.event("customer.created", customer))
    yield "linked", rows("Customer").get().user_id == user.pk
    gone = objects.event("product.deleted", product, created=objects.NOW + 60)
    yield "deleted", post(gone)
    row = rows("Product").get()
    yield "product", [row.name, str(row.created), row.is_deleted]
    yield "products", rows("Product").count()
    first = rows("Event").exclude(created=None).order_by("created").first()
    yield "event created", str(first.created)
    yield "ordinary", [client.get("/ordinary").status_code, client.get("/plain").status_code]


def main():
    logging.disable(logging.CRITICAL)
    setup_test_environment()
    names = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
    for alias in connections:
        connections[alias].creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        report = dict(story())
    finally:
        for alias in connections:
            connections[alias].creation.destroy_test_db(names[alias], verbosity=0)
    print(json.dumps(report))


main()
