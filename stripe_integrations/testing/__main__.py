"""Run the fake Stripe for local development, without a Stripe account.

::

    $ python -m stripe_integrations.testing \
        --webhook http://127.0.0.1:8000/stripe/webhook --secret whsec_local

It sells one product at two prices, and forgets everything when it ends.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence

from stripe_integrations.testing.fake_stripe import FakeStripe
from stripe_integrations.testing.fake_stripe.deliveries import Forwarder
from stripe_integrations.testing.receivers import WebhookURL

INTRODUCTION = """\
Stripe's API answers on {url}. Let your settings lead there:

    STRIPE_INTEGRATIONS = {{
        "API_BASE": "{url}",
        "API_KEY": "sk_test_local",
        "WEBHOOK_SECRET": "{secret}",
    }}

Control-C ends it, and it forgets everything.
"""


def parse_arguments(argv: Sequence[str] | None) -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m stripe_integrations.testing", description="A Stripe for local development."
    )
    parser.add_argument("--port", type=int, default=12111, help="where the API answers")
    parser.add_argument("--webhook", metavar="URL", help="what events are posted to")
    parser.add_argument("--secret", default="whsec_local", help="what they are signed with")
    return parser.parse_args(argv)


def fill(fake: FakeStripe) -> None:
    """Create a catalogue: one product at two prices."""
    product = fake.create("products", {"id": "prod_gold", "name": "Gold"})["id"]
    for interval, amount in (("month", 1000), ("year", 10_000)):
        recurring = {"interval": interval, "interval_count": 1, "usage_type": "licensed"}
        key = f"gold_{interval}ly"
        price = {"lookup_key": key, "product": product, "recurring": recurring}
        fake.create("prices", {"id": f"price_{key}", "unit_amount": amount, **price})


def main(argv: Sequence[str] | None = None) -> None:
    """Serve until Control-C."""
    options = parse_arguments(argv)
    with FakeStripe(options.port) as fake:
        fake.serves_pages = True
        fill(fake)
        print(INTRODUCTION.format(url=fake.url, secret=options.secret), flush=True)
        if options.webhook:
            receiver = WebhookURL(options.webhook, options.secret)
            Forwarder(fake, receiver, lambda *told: print(*told, flush=True)).start()
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            pass


if __name__ == "__main__":
    main()
