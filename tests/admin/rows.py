"""Rows of each kind that the admin shows."""

import json
import uuid
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.utils import timezone

from stripe_integrations import conf
from stripe_integrations.admin.neighbours import relations
from stripe_integrations.testing import objects

#: What is HTML in the data of each row.
MARK = "<script>alert(1)</script>"

#: How the ids of a model's rows begin that tests name; those of others begin with its name.
PREFIXES = {
    "Customer": "cus",
    "Price": "price",
    "Product": "prod",
    "StripeObject": "topup/tu",
    "Subscription": "sub",
}
MIRRORS = tuple(name for name in conf.SWAPPABLE if name != "Event")
KINDS = (*MIRRORS, "Event", "RefusedCount", "WebhookEndpoint", "WebhookEventTrigger")


def has_column(kind, name):
    return any(field.name == name for field in conf.model(kind)._meta.concrete_fields)


WITH_CUSTOMER = tuple(kind for kind in MIRRORS if has_column(kind, "customer"))
#: What a search by an e-mail address finds.
OF_CUSTOMERS = ("Customer", *WITH_CUSTOMER, "Event", "WebhookEventTrigger")


def make(kind, number=1):
    """Create a row of a kind, and what it belongs to, and return it."""
    if kind in MIRRORS:
        return mirror(kind, number)
    return {
        "Event": event,
        "RefusedCount": refused_count,
        "WebhookEndpoint": endpoint,
        "WebhookEventTrigger": trigger,
    }[kind](number)


def user(number=1):
    users = get_user_model().objects
    return users.get_or_create(username=f"user{number}", email=f"user{number}@example.org")[0]


def mirror(kind, number=1, **values):
    id = f"{PREFIXES.get(kind, kind)}_{number}"
    if kind == "Customer":
        values = {
            "email": f"ada{number}@example.com",
            "name": MARK,
            "user": user(number),
            **values,
        }
    if kind in WITH_CUSTOMER:
        values = {"customer_id": f"cus_{number}", **values}
        if not conf.model("Customer").objects.filter(pk=values["customer_id"]).exists():
            mirror("Customer", number)
    if kind == "Price":
        values = {"product_id": f"prod_{number}", **values}
    if kind == "StripeObject":
        values = {"kind": id.partition("/")[0], **values}
    given = {
        "created": timezone.now(),
        "livemode": False,
        "stripe_data": {"id": id.rpartition("/")[2], "metadata": {"note": MARK}},
        **values,
    }
    return conf.model(kind).objects.create(**{"pk": id, **given})


def neighbours(row, number=1):
    """Create a row in each model whose rows the page of this one shows, and return their keys."""
    return [
        make_linked(relation.model, number, **{relation.column: getattr(row, relation.key)}).pk
        for relation in relations(type(row))
    ]


def make_linked(model, number, **links):
    values = {f"{name.removesuffix('_id')}_id": key for name, key in links.items()}
    if model is conf.model("Event"):
        return event(1000 + number, **values)
    name = next(each for each in MIRRORS if conf.model(each) is model)
    return mirror(name, 1000 + number, **values)


def event(number=1, **values):
    message = objects.event("customer.updated", objects.customer(name=MARK), id=f"evt_{number}")
    if not conf.model("Customer").objects.filter(pk=f"cus_{number}").exists():
        mirror("Customer", number)
    given = {
        "pk": f"evt_{number}",
        "kind": "customer.updated",
        "body": json.dumps(message),
        "created": timezone.now(),
        "customer_id": f"cus_{number}",
        "livemode": False,
        "object_id": f"cus_{number}",
        "runs": {"shop.Ledger": {"failed": 1_700_000_000, "error": f"ValueError: {MARK}"}},
        "status": "failed",
        "traceback": f"Traceback (most recent call last):\n  {MARK}",
        **values,
    }
    return conf.model("Event").objects.create(**given)


def trigger(number=1, **values):
    given = {
        **({} if "event" in values else {"event": event(number)}),
        "headers": {"User-Agent": f"Stripe/1.0 {MARK}"},
        "reason": "error",
        "exception": f"ValueError: {MARK}",
        "remote_ip": "192.0.2.7",
        "webhook_endpoint_id": "we_1",
        **values,
    }
    return conf.model("WebhookEventTrigger").objects.create(**given)


def refused_count(number=1):
    counts = conf.model("RefusedCount").objects
    minute = timezone.now() - timedelta(minutes=number)
    return counts.create(minute=minute, endpoint="we_1", reason="no_match")


def endpoint(number=1, **values):
    its_uuid = uuid.UUID(int=number)
    given = {
        "pk": f"we_{number}",
        "created": timezone.now(),
        "description": MARK,
        "livemode": False,
        "status": "enabled",
        "stripe_data": {"id": f"we_{number}", "metadata": {"note": MARK}},
        "url": f"https://example.com/stripe/webhook/{its_uuid}",
        "uuid": its_uuid,
        **values,
    }
    row = conf.model("WebhookEndpoint").objects.create(**given)
    row.secrets.create(name="created", value=f"whsec_hidden_{number}")
    return row
