"""Process events in a project with two databases, and print what came of it, as JSON."""

import json
import os
from contextlib import suppress

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.two_databases.settings"

import django
from django.db import DatabaseError, connections, transaction
from django.test.utils import setup_databases, setup_test_environment, teardown_databases
from django.utils import timezone

from stripe_integrations.testing import objects


def main():
    django.setup()
    setup_test_environment()
    databases = setup_databases(verbosity=0, interactive=False)
    try:
        report = story()
    finally:
        teardown_databases(databases, verbosity=0)
    print(json.dumps(report))


def story():
    from django.contrib.sessions.models import Session

    from stripe_integrations import conf
    from stripe_integrations.actions import StripeWebhook
    from stripe_integrations.exceptions import WebhookFailed
    from stripe_integrations.webhooks import BaseWebhook

    committed, in_block = [], []

    def insert(key):
        Session.objects.create(session_key=key, expire_date=timezone.now())

    class Effect(BaseWebhook):
        name = "product"
        way = "done"

        def process_webhook(self):
            insert(f"{self.event.pk} {Session.objects.count()}")
            transaction.on_commit(lambda: committed.append(self.event.pk))
            in_block.append([connections[alias].in_atomic_block for alias in ("default", "stripe")])
            if Effect.way == "raises":
                raise RuntimeError("told to fail")
            if Effect.way == "swallows":
                with suppress(DatabaseError):
                    insert(Session.objects.first().pk)

    def process(id, way):
        Effect.way = way
        message = objects.event("product.created", objects.product(f"prod_{id}"), id=id)
        with suppress(WebhookFailed):
            StripeWebhook.process_webhook(message, verified=True)
        events = conf.model("Event").objects.filter(pk=id)
        return {
            "status": events.values_list("status", flat=True).first(),
            "effects": Session.objects.filter(pk__startswith=id).count(),
            "committed": committed.count(id),
        }

    refused = None
    try:
        with transaction.atomic(using="default"):
            process("evt_0", "done")
    except RuntimeError as error:
        refused = str(error)
    return {
        "refused": refused,
        "done": process("evt_1", "done"),
        "again": process("evt_1", "done"),
        "raises": [process("evt_2", "raises") for _ in range(3)],
        "swallows": process("evt_3", "swallows"),
        "in_the_end": [process(f"evt_{n}", "done") for n in (2, 3)],
        "in_block": in_block,
        "mirrored": conf.model("Product").objects.using("stripe").count(),
    }


main()
