"""Let dj-stripe fill its tables: post events to its webhook, and run its sync command.

Reads {"endpoint": …, "events": […], "models": […]} from stdin.
"""

import json
import sys

import django

django.setup()

import stripe  # noqa: E402 - Django must be set up
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from djstripe import models  # noqa: E402

from stripe_integrations.testing import sign  # noqa: E402

told = json.load(sys.stdin)
call_command("migrate", run_syncdb=True, verbosity=0)

own = models.Account.get_default_account()
models.WebhookEndpoint.sync_from_stripe_data(
    stripe.WebhookEndpoint.construct_from(told["endpoint"], None)
)
path = f"/stripe/webhook/{told['endpoint']['metadata']['djstripe_uuid']}/"
client = Client()
for event in told["events"]:
    body = json.dumps(event).encode()
    signature = sign(body, told["endpoint"]["secret"])["Stripe-Signature"]
    answer = client.post(
        path, body, content_type="application/json", headers={"Stripe-Signature": signature}
    )
    assert answer.status_code == 200, (event["type"], answer.content)
call_command("djstripe_sync_models", *told["models"], fail_on_error=True)
for customer, subscriber in told["subscribers"].items():
    models.Customer.objects.filter(id=customer).update(subscriber_id=subscriber)
