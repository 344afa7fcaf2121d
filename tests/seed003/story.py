"""Post what it is told to the project of seed 003 and print what came of it, as JSON.

Reads a list of payloads from the standard input. Run as `python -m tests.seed003.story`.
"""

import json
import os
import sys

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.seed003.settings"

import django
from django.apps import apps
from django.conf import settings


def main():
    settings.INSTALLED_APPS  # noqa: B018 - puts the seed's packages on the path
    import app  # noqa: F401

    early = not apps.ready and "stripe_integrations.models" not in sys.modules
    django.setup()

    from django.db import connection
    from django.test import Client
    from django.test.utils import setup_test_environment

    from stripe_integrations import conf
    from stripe_integrations.dispatch import registry

    setup_test_environment()
    database = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        client = Client(raise_request_exception=False)
        answers = []
        for payload in json.load(sys.stdin):
            response = client.post("/stripe/webhook", payload, content_type="application/json")
            answers.append(
                {
                    "status": response.status_code,
                    "body": json.loads(response.content),
                    "events": list(conf.model("Event").objects.values_list("pk", flat=True)),
                    "products": dict(conf.model("Product").objects.values_list("pk", "name")),
                }
            )
        report = {
            "early": early,
            "event_model": conf.model("Event")._meta.label,
            "classes": [registry.class_key(each) for each in registry.matching("product.created")],
            "runs": {event.pk: sorted(event.runs) for event in conf.model("Event").objects.all()},
            "answers": answers,
        }
    finally:
        connection.creation.destroy_test_db(database, verbosity=0)
    print(json.dumps(report))


main()
